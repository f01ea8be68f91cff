"""The outbox: promised with the change, done at least once, never lost with a worker."""

import asyncio
import socket
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from pymongo.errors import DuplicateKeyError, OperationFailure
from redis.asyncio import Redis

from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.jobs import schedules, store
from services.jobs import store as jobs_store
from services.jobs.models import Again, Permanent, RetryAt
from services.kernel.errors import NotFound
from services.kernel.features import Schedule
from services.kernel.pages import ListQuery
from tests.build.world import World
from tests.deadlines import SAFETY_NET

Calls = list[dict[str, Any]]


@pytest.fixture
def calls() -> Calls:
    return []


def recorder(calls: Calls, *outcomes: Any) -> dict[str, jobs.Handler]:
    """A handler that answers with one outcome after the other, then None."""
    coming = list(outcomes)

    async def handler(_: Dependencies, payload: dict[str, Any]) -> Again | None:
        calls.append(payload)
        outcome = coming.pop(0) if coming else None
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return {"test": handler}


async def state(world: World, job_id: str) -> str:
    document = await world.db.outbox.find_one({"_id": job_id})
    assert document is not None
    return str(document["state"])


async def test_work_promised_in_a_transaction_that_fails_is_not_promised(
    world: World,
) -> None:
    async def work(tx: Transaction) -> None:
        await jobs.enqueue(world.deps, tx, "test", "1")
        raise DuplicateKeyError("stop")

    with pytest.raises(DuplicateKeyError):
        await world.deps.in_transaction(work)
    assert await world.db.outbox.count_documents({}) == 0


async def test_jobs_of_a_transaction_are_one_command_and_one_hint(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when it begins anew: of its first try nothing is left."""
    deps, woken, tries = world.deps, list[str](), count()

    async def wake(_: Dependencies) -> None:
        written = await world.db.outbox.find({}, sort=[("_id", 1)]).to_list()
        woken.append(" ".join(row["_id"] for row in written))

    async def work(tx: Transaction) -> None:
        is_first = not next(tries)
        await jobs.enqueue(deps, tx, "test", "first" if is_first else "1")
        await jobs.enqueue(deps, tx, "test", "2")
        await jobs.end(deps, tx, "test", "2")
        if is_first:
            labels = {"errorLabels": ["TransientTransactionError"]}
            raise OperationFailure("once more", details=labels)

    monkeypatch.setattr(jobs, "wake", wake)
    await deps.in_transaction(work)
    assert woken == ["test:1 test:2"]
    rows = await world.db.outbox.find({}, sort=[("_id", 1)]).to_list()
    assert [row["state"] for row in rows] == ["ready", "done"]


async def test_a_job_of_later_wakes_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken, due_at = list[Any](), world.clock.now + timedelta(minutes=1)

    async def wake(deps: Dependencies) -> None:
        woken.append(deps)

    monkeypatch.setattr(jobs, "wake", wake)
    deps = world.deps
    await deps.in_transaction(lambda tx: jobs.enqueue(deps, tx, "test", "1", due_at=due_at))
    await deps.in_transaction(lambda tx: jobs.end(deps, tx, "test", "1"))
    assert woken == []


async def test_a_silent_redis_delays_no_transaction_for_long(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "HINT_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        redis = Redis(host="127.0.0.1", port=silent.getsockname()[1])
        deps = replace(world.deps, redis=redis)
        async with asyncio.timeout(SAFETY_NET):
            await deps.in_transaction(lambda tx: jobs.enqueue(deps, tx, "test", "1"))
        await redis.aclose(close_connection_pool=True)
    assert await world.db.outbox.count_documents({}) == 1


async def test_the_same_promise_is_kept_once(world: World, calls: Calls) -> None:
    for _ in range(3):
        await jobs.enqueue(world.deps, None, "test", "1", value=7)
    await asyncio.gather(
        *(jobs.run_due(world.deps, recorder(calls), f"w{n}") for n in range(6))
    )
    await jobs.enqueue(world.deps, None, "test", "1", value=8)
    await jobs.run_due(world.deps, recorder(calls), "w")
    assert calls == [{"value": 7}]


async def test_a_job_waits_for_its_time(world: World, calls: Calls) -> None:
    due_at = world.clock.now + timedelta(minutes=1)
    await jobs.enqueue(world.deps, None, "test", "1", due_at=due_at)
    assert await jobs.run_due(world.deps, recorder(calls), "w") == 0
    await world.advance(minutes=1)
    assert await jobs.run_due(world.deps, recorder(calls), "w") == 1


async def test_a_killed_workers_job_is_done_by_another(world: World, calls: Calls) -> None:
    await jobs.enqueue(world.deps, None, "test", "1")
    assert await jobs.claim_due(world.deps, "killed") is not None
    assert await jobs.run_due(world.deps, recorder(calls), "other") == 0
    await world.advance(seconds=61)
    assert await jobs.run_due(world.deps, recorder(calls), "other") == 1


async def test_a_worker_that_woke_up_late_changes_nothing(world: World) -> None:
    await jobs.enqueue(world.deps, None, "test", "1")
    late = await jobs.claim_due(world.deps, "late")
    assert late is not None
    await world.advance(seconds=61)
    taken = await jobs.claim_due(world.deps, "quick")
    assert taken is not None
    assert not await store.finish(world.deps.db, late, world.clock.now)
    assert not await store.renew(world.deps.db, late, world.clock.now)
    assert not await store.bury(world.deps.db, late, error="x")
    assert await store.finish(world.deps.db, taken, world.clock.now)


async def test_failures_are_tried_again_then_buried_then_replayed(
    world: World, calls: Calls
) -> None:
    await jobs.enqueue(world.deps, None, "test", "1")
    failing = recorder(calls, *(OSError("away") for _ in range(50)))
    for _ in range(jobs.MAX_ATTEMPTS + 3):
        await jobs.run_due(world.deps, failing, "w")
        await world.advance(hours=1)
    assert len(calls) == jobs.MAX_ATTEMPTS
    assert await state(world, "test:1") == "dead"
    dead = await jobs_store.dead(world.deps.db, ListQuery())
    assert [job.id for job in dead.items] == ["test:1"]

    await jobs.replay(world.deps, "test:1")
    await jobs.run_due(world.deps, recorder(calls), "w")
    assert await state(world, "test:1") == "done"
    with pytest.raises(NotFound):
        await jobs.replay(world.deps, "test:1")


async def test_what_cannot_be_mended_dies_at_once(world: World, calls: Calls) -> None:
    await jobs.enqueue(world.deps, None, "test", "1")
    await jobs.run_due(world.deps, recorder(calls, Permanent("no")), "w")
    assert await state(world, "test:1") == "dead"


async def test_a_job_of_unknown_kind_is_not_lost(world: World) -> None:
    await jobs.enqueue(world.deps, None, "nobody", "1")
    await jobs.run_due(world.deps, {}, "w")
    assert await state(world, "nobody:1") == "dead"


async def test_being_told_to_wait_is_no_failure(world: World, calls: Calls) -> None:
    await jobs.enqueue(world.deps, None, "test", "1")
    later = world.clock.now + timedelta(hours=5)
    waits = [RetryAt(later, "quota")] * 2 * jobs.MAX_ATTEMPTS
    handlers = recorder(calls, *waits)
    for _ in waits:
        await jobs.run_due(world.deps, handlers, "w")
        later = world.clock.now + timedelta(hours=5)
        await world.advance(hours=5)
    await jobs.run_due(world.deps, handlers, "w")
    assert await state(world, "test:1") == "done"


async def test_a_job_may_ask_to_be_run_again(world: World, calls: Calls) -> None:
    await jobs.enqueue(world.deps, None, "test", "1")
    again = Again(world.clock.now + timedelta(seconds=10))
    handlers = recorder(calls, again)
    assert await jobs.run_due(world.deps, handlers, "w") == 1
    await world.advance(seconds=10)
    assert await jobs.run_due(world.deps, handlers, "w") == 1
    assert await state(world, "test:1") == "done"


async def test_a_job_with_a_next_step_due_at_once_goes_on_under_one_lease(
    world: World, calls: Calls
) -> None:
    await jobs.enqueue(world.deps, None, "test", "1")
    handlers = recorder(calls, Again(world.clock.now), Again(world.clock.now))
    assert await jobs.run_due(world.deps, handlers, "w") == 1
    assert len(calls) == 3
    document = await world.db.outbox.find_one({"_id": "test:1"})
    assert document is not None
    assert (document["state"], document["fence"]) == ("done", 1)


async def test_a_job_of_many_steps_gives_others_their_turn(
    world: World, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "TURN_SECONDS", 0.0)
    await jobs.enqueue(world.deps, None, "test", "1")
    handlers = recorder(calls, Again(world.clock.now), Again(world.clock.now))
    assert await jobs.run_due(world.deps, handlers, "w") == 3


async def test_a_step_that_was_done_forgives_the_failures_before_it(
    world: World, calls: Calls
) -> None:
    await jobs.enqueue(world.deps, None, "test", "1")
    await world.db.outbox.update_one({"_id": "test:1"}, {"$set": {"attempts": 5}})
    handlers = recorder(calls, Again(world.clock.now), ValueError("once"))
    assert await jobs.run_due(world.deps, handlers, "w") == 1
    document = await world.db.outbox.find_one({"_id": "test:1"})
    assert document is not None
    assert (document["state"], document["attempts"]) == ("ready", 1)


async def test_a_job_longer_than_its_lease_is_kept_by_heartbeat(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "HEARTBEAT_SECONDS", 0.01)
    await jobs.enqueue(world.deps, None, "test", "1")
    beats, first_lease = asyncio.Event(), []

    async def long(_: Dependencies, __: dict[str, Any]) -> None:
        document = await world.db.outbox.find_one({"_id": "test:1"})
        assert document is not None
        first_lease.append(document["due_at"])
        world.clock.now += timedelta(seconds=50)
        while True:
            document = await world.db.outbox.find_one({"_id": "test:1"})
            assert document is not None
            if document["due_at"] > first_lease[0]:
                beats.set()
                return

    await jobs.run_due(world.deps, {"test": long}, "w")
    assert beats.is_set()
    assert await state(world, "test:1") == "done"


async def test_a_job_whose_lease_is_lost_is_stopped(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "HEARTBEAT_SECONDS", 0.01)
    await jobs.enqueue(world.deps, None, "test", "1")
    stopped = asyncio.Event()

    async def overtaken(_: Dependencies, __: dict[str, Any]) -> None:
        try:  # the end may come as soon as the other's fence is written
            await world.db.outbox.update_one({"_id": "test:1"}, {"$inc": {"fence": 1}})
            await asyncio.Event().wait()
        finally:
            stopped.set()

    await jobs.run_due(world.deps, {"test": overtaken}, "w")
    await asyncio.wait_for(stopped.wait(), SAFETY_NET)
    assert await state(world, "test:1") == "leased"


async def test_work_does_not_outlive_a_worker_that_is_cut_short(world: World) -> None:
    await jobs.enqueue(world.deps, None, "test", "1")
    begun, stopped = asyncio.Event(), asyncio.Event()

    async def long(_: Dependencies, __: dict[str, Any]) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    worker = asyncio.create_task(jobs.run_due(world.deps, {"test": long}, "w"))
    await begun.wait()
    worker.cancel()
    await asyncio.wait({worker})
    assert stopped.is_set()
    assert await state(world, "test:1") == "leased"


def test_backoff_grows_and_is_capped() -> None:
    for attempt in range(1, 30):
        ceiling = min(timedelta(seconds=5 * 2 ** (attempt - 1)), timedelta(hours=1))
        assert timedelta() <= jobs.backoff(attempt) <= ceiling


HOURLY = Schedule("test", timedelta(hours=1), catch_up=True)


async def test_every_worker_plans_and_each_occurrence_runs_once(
    world: World, calls: Calls
) -> None:
    mark = await schedules.plan(world.deps, [HOURLY], world.clock.now)
    await world.advance(hours=3, minutes=30)
    await asyncio.gather(*(schedules.plan(world.deps, [HOURLY], mark) for _ in range(5)))
    await jobs.run_due(world.deps, recorder(calls), "w")
    assert len(calls) == 3


async def test_a_schedule_that_need_not_catch_up_runs_its_latest(
    world: World, calls: Calls
) -> None:
    latest = Schedule("test", timedelta(minutes=10))
    mark = world.clock.now
    await world.advance(days=3)
    await schedules.plan(world.deps, [latest], mark)
    assert await jobs.run_due(world.deps, recorder(calls), "w") == 1


async def test_looking_back_is_bounded(world: World) -> None:
    await schedules.plan(world.deps, [HOURLY], None)
    assert await world.db.outbox.count_documents({}) == 7 * 24


async def test_keeping_going_leaves_a_job_at_work_alone(world: World, calls: Calls) -> None:
    """A second worker would do the same beside the first."""
    await jobs.enqueue(world.deps, None, "test", "1")
    job = await jobs.claim_due(world.deps, "w1")
    assert job is not None
    await jobs.keep_going(world.deps, "test", "1")
    assert await state(world, "test:1") == "leased"
    assert await jobs.run_due(world.deps, recorder(calls), "w2") == 0
    await jobs.perform(world.deps, recorder(calls), job)
    assert len(calls) == 1
    await jobs.keep_going(world.deps, "test", "1")
    assert await state(world, "test:1") == "ready"


async def test_keeping_going_does_not_hasten_a_job_that_waits(
    world: World, calls: Calls
) -> None:
    due_at = world.clock.now + timedelta(minutes=1)
    await jobs.enqueue(world.deps, None, "test", "1", due_at=due_at)
    await jobs.keep_going(world.deps, "test", "1")
    assert await jobs.run_due(world.deps, recorder(calls), "w") == 0
