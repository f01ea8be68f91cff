import asyncio
from datetime import timedelta

import pytest

from services.dependencies import Transaction
from services.idempotency import actions, privacy
from services.idempotency import models as idempotency_models
from services.idempotency.actions import KeyReused, StillRunning, once
from services.idempotency.models import Answer
from services.kernel.vault import Unreadable
from tests.build.world import World


class Work:
    def __init__(self) -> None:
        self.count = 0
        self.error: Exception | None = None

    async def __call__(self) -> Answer:
        self.count += 1
        if self.error:
            raise self.error
        return Answer(201, b"%d" % self.count)


async def test_the_same_request_gets_the_first_answer_byte_for_byte(world: World) -> None:
    work = Work()
    answers = [await once(world.deps, "p:k", b"a", work) for _ in range(3)]
    assert answers == [Answer(201, b"1")] * 3


async def test_another_request_under_the_key_is_refused(world: World) -> None:
    await once(world.deps, "p:k", b"a", Work())
    with pytest.raises(KeyReused):
        await once(world.deps, "p:k", b"b", Work())


async def test_at_once_it_is_done_once(world: World) -> None:
    work = Work()
    results = await asyncio.gather(
        *(once(world.deps, "p:k", b"a", work) for _ in range(10)), return_exceptions=True
    )
    assert work.count == 1
    assert all(isinstance(r, StillRunning | Answer) for r in results)


async def test_a_failure_leaves_the_key_free(world: World) -> None:
    work = Work()
    work.error = OSError("away")
    with pytest.raises(OSError, match="away"):
        await once(world.deps, "p:k", b"a", work)
    work.error = None
    assert (await once(world.deps, "p:k", b"a", work)).status == 201


async def test_a_request_whose_process_died_may_be_run_again(world: World) -> None:
    started = idempotency_models.KeyedRequest(
        id=actions.key_id(world.deps, "p:k"),
        fingerprint=actions.fingerprint(world.deps, b"a"),
        state=idempotency_models.KeyState.RUNNING,
        started_at=world.clock.now,
    )
    assert await actions.store.start(world.deps.db, started)
    with pytest.raises(StillRunning):
        await once(world.deps, "p:k", b"a", Work())
    world.clock.now += timedelta(seconds=61)
    second = Work()
    assert (await once(world.deps, "p:k", b"a", second)).status == 201
    assert second.count == 1


async def test_what_was_answered_is_sealed_and_sealed_to_its_place(world: World) -> None:
    secret = "13900000001 李明".encode()

    async def work() -> Answer:
        return Answer(200, secret)

    for key in ("p:13900000001", "q:k"):
        await once(world.deps, key, b"a", work)
        assert (await once(world.deps, key, b"a", work)).body == secret
    first, second = await world.db.idempotency_keys.find().sort("_id", 1).to_list()
    assert "13900000001" not in f"{first} {second}"
    moved = {"$set": {"answer_sealed": first["answer_sealed"]}}
    await world.db.idempotency_keys.update_one({"_id": second["_id"]}, moved)
    with pytest.raises(Unreadable):
        await once(world.deps, "q:k", b"a", work)


async def test_what_one_person_was_answered_can_be_forgotten(world: World) -> None:
    for key in ("p:k", "p:l", "pp:k", "o:k"):
        await once(world.deps, key, b"a", Work())

    async def forget(tx: Transaction) -> None:
        await privacy.forget(world.deps, tx, "p")

    await world.deps.in_transaction(forget)
    left = await world.db.idempotency_keys.find().to_list()
    assert sorted(row["_id"].partition(":")[0] for row in left) == ["o", "pp"]
