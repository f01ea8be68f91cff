import asyncio
from datetime import timedelta

import pytest

from services.idempotency import actions
from services.idempotency.actions import KeyReused, StillRunning, once
from services.idempotency.models import Answer
from tests.world import World


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
    started = actions.KeyedRequest(
        id="p:k",
        fingerprint=actions.hashlib.sha256(b"a").hexdigest(),
        state=actions.KeyState.RUNNING,
        started_at=world.clock.now,
    )
    assert await actions.store.start(world.deps.db, started)
    with pytest.raises(StillRunning):
        await once(world.deps, "p:k", b"a", Work())
    world.clock.now += timedelta(seconds=61)
    second = Work()
    assert (await once(world.deps, "p:k", b"a", second)).status == 201
    assert second.count == 1
