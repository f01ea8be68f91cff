import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.dependencies import Transaction
from services.idempotency import actions, privacy, store
from services.idempotency.actions import KeyReused, StillRunning, once
from services.idempotency.models import Answer, KeyedRequest, KeyState
from services.kernel.vault import Unreadable
from tests.build.world import World
from tests.deadlines import SAFETY_NET


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


async def abandoned(world: World, *, owner: str = "another process:1") -> None:
    """A key that a process left behind when it died a moment ago."""
    now = world.clock.now
    left = KeyedRequest(
        id=actions.key_id(world.deps, "p:k"),
        fingerprint=actions.fingerprint(world.deps, b"a"),
        state=KeyState.RUNNING,
        owner=owner,
        started_at=now,
        lease_until=now + actions.LEASE,
    )
    assert await store.start(world.deps.db, left)


async def test_whoever_repeats_after_a_crash_is_told_how_long_to_wait(world: World) -> None:
    await abandoned(world)
    with pytest.raises(StillRunning) as told:
        await once(world.deps, "p:k", b"a", Work())
    wait = told.value.details["retry_after_seconds"]
    assert 1 < wait <= 10
    world.clock.now += timedelta(seconds=wait)
    assert (await once(world.deps, "p:k", b"a", Work())).status == 201


async def test_an_abandoned_key_is_taken_over_by_one_only(world: World) -> None:
    await abandoned(world)
    world.clock.now += actions.LEASE
    work = Work()
    results = await asyncio.gather(
        *(once(world.deps, "p:k", b"a", work) for _ in range(10)), return_exceptions=True
    )
    assert work.count == 1
    assert all(isinstance(r, StillRunning | Answer) for r in results)


async def test_work_that_is_idempotent_itself_waits_for_no_dead_process(world: World) -> None:
    await abandoned(world)
    work = Work()
    assert (await once(world.deps, "p:k", b"a", work, is_idempotent=True)).status == 201
    assert (await once(world.deps, "p:k", b"a", work, is_idempotent=True)).body == b"1"


async def test_nor_is_it_done_twice_at_once_in_a_living_one(world: World) -> None:
    second = Work()

    async def first() -> Answer:
        with pytest.raises(StillRunning):
            await once(world.deps, "p:k", b"a", second, is_idempotent=True)
        return Answer(201, b"first")

    assert (await once(world.deps, "p:k", b"a", first, is_idempotent=True)).body == b"first"
    assert second.count == 0


async def test_a_long_request_keeps_its_key(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "RENEW_SECONDS", 0)
    renewed = asyncio.Event()
    whole = store.renew

    async def watched(*arguments: Any) -> bool:
        done = await whole(*arguments)
        renewed.set()
        return done

    monkeypatch.setattr(store, "renew", watched)

    async def long() -> Answer:
        world.clock.now += timedelta(seconds=9)
        renewed.clear()
        await asyncio.wait_for(renewed.wait(), SAFETY_NET)
        await asyncio.wait_for(after_another(renewed), SAFETY_NET)
        world.clock.now += timedelta(seconds=9)
        with pytest.raises(StillRunning):
            await once(world.deps, "p:k", b"a", Work())
        return Answer(201, b"long")

    assert (await once(world.deps, "p:k", b"a", long)).body == b"long"
    assert (await once(world.deps, "p:k", b"a", Work())).body == b"long"


async def after_another(renewed: asyncio.Event) -> None:
    """The first renewal may have read the clock before it moved; the second has not."""
    renewed.clear()
    await renewed.wait()


async def test_who_lost_the_key_does_not_overwrite_the_answer(world: World) -> None:
    async def slow() -> Answer:
        world.clock.now += actions.LEASE
        assert (await once(world.deps, "p:k", b"a", Work())).body == b"1"
        return Answer(201, b"slow")

    assert (await once(world.deps, "p:k", b"a", slow)).body == b"slow"
    assert (await once(world.deps, "p:k", b"a", Work())).body == b"1"


async def test_a_key_of_an_earlier_version_ends_after_a_minute(world: World) -> None:
    await abandoned(world)
    old = {"$unset": {"owner": "", "lease_until": ""}}
    await world.db.idempotency_keys.update_one({}, old)
    world.clock.now += timedelta(seconds=59)
    with pytest.raises(StillRunning):
        await once(world.deps, "p:k", b"a", Work())
    world.clock.now += timedelta(seconds=1)
    assert (await once(world.deps, "p:k", b"a", Work())).status == 201
