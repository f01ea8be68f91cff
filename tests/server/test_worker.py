"""Slots of a worker: none of its lanes is held up by what another one may do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from server import worker as workers
from server.worker import Worker, slots
from services.dependencies import Dependencies
from services.jobs import actions as jobs
from services.kernel.days import wall_clock
from services.kernel.documents import Document
from services.kernel.features import Feature, Features, Lane
from tests.build.world import World
from tests.deadlines import SAFETY_NET


@pytest.mark.parametrize("concurrency", [1, 2, 3, 4, 5, 8, 256])
def test_every_lane_is_served_and_long_work_by_one_slot(concurrency: int) -> None:
    plan = slots(concurrency)
    assert len(plan) == concurrency
    assert {lane for lanes in plan for lane in lanes} == {*Lane}
    assert all(list(lanes) == sorted(lanes) for lanes in plan)
    assert len([lanes for lanes in plan if Lane.LONG in lanes]) == 1
    if concurrency > 1:
        assert any({*lanes}.isdisjoint({Lane.NEWS, Lane.LONG}) for lanes in plan)
    if concurrency > 2:
        assert (Lane.MONEY, Lane.URGENT) in plan
        assert any(Lane.PEOPLE in lanes and Lane.NEWS not in lanes for lanes in plan)


class Doings:
    """Jobs of each lane: each is noted, and those of `blocked` lanes last until the end."""

    def __init__(self, *blocked: Lane) -> None:
        self.blocked = blocked
        self.begun: asyncio.Queue[Lane] = asyncio.Queue()
        self.end = asyncio.Event()
        jobs_of = {f"test.{lane.name}": self._job(lane) for lane in Lane}
        lanes = {f"test.{lane.name}": lane for lane in Lane}
        self.features = Features({"test": Feature(jobs=jobs_of, lanes=lanes)})

    def _job(self, lane: Lane) -> jobs.Handler:
        async def work(_: Dependencies, __: Document) -> None:
            self.begun.put_nowait(lane)
            if lane in self.blocked:
                await self.end.wait()

        return work

    async def next(self, count: int) -> list[Lane]:
        """Return what began next. Fails when it never does."""
        return [await asyncio.wait_for(self.begun.get(), SAFETY_NET) for _ in range(count)]


@asynccontextmanager
async def working(
    world: World, doings: Doings, concurrency: int
) -> AsyncIterator[Dependencies]:
    """Run a worker beside; at the end its jobs are finished."""
    deps, stop = replace(world.deps, now=wall_clock, features=doings.features), asyncio.Event()
    task = asyncio.create_task(Worker(deps, concurrency=concurrency).run(stop))
    try:
        yield deps
    finally:
        doings.end.set()
        stop.set()
        await asyncio.wait_for(task, SAFETY_NET)


async def enqueue(deps: Dependencies, lane: Lane, count: int) -> None:
    for n in range(count):
        await jobs.enqueue(deps, None, f"test.{lane.name}", f"{n}", lane=lane)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "POLL_SECONDS", 0.01)


@pytest.mark.usefixtures("hasty")
async def test_news_that_never_ends_holds_neither_money_nor_people_up(world: World) -> None:
    doings = Doings(Lane.NEWS, Lane.LONG)
    async with working(world, doings, 4) as deps:
        await enqueue(deps, Lane.NEWS, 8)
        await enqueue(deps, Lane.LONG, 8)
        assert {*await doings.next(2)} <= {Lane.NEWS, Lane.LONG}  # both slots that may are held
        await enqueue(deps, Lane.MONEY, 3)
        await enqueue(deps, Lane.PEOPLE, 3)
        begun = await doings.next(6)
    assert sorted(begun) == [Lane.MONEY] * 3 + [Lane.PEOPLE] * 3


@pytest.mark.parametrize("concurrency", [1, 2, 4])
@pytest.mark.usefixtures("hasty")
async def test_no_lane_starves_while_the_others_are_never_empty(
    world: World, concurrency: int
) -> None:
    for lane in Lane:
        await enqueue(world.deps, lane, 1 if lane in {Lane.NEWS, Lane.LONG} else 60)
    doings, begun = Doings(), list[Lane]()
    async with working(world, doings, concurrency):
        while not {Lane.NEWS, Lane.LONG} <= {*begun}:
            begun += await doings.next(1)
    assert len(begun) < 100  # of 180 that are more urgent


async def test_a_hint_that_comes_while_a_slot_looks_for_work_is_not_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look did not see the job any more; without the hint a poll interval would pass."""
    monkeypatch.setattr(workers, "POLL_SECONDS", 4 * SAFETY_NET)
    doings, due, looks = Doings(), jobs.due, list[jobs.Found]()
    deps = replace(world.deps, now=wall_clock, features=doings.features)
    worker = Worker(deps, concurrency=1)

    async def look(of: Dependencies) -> jobs.Found:
        looks.append(await due(of))
        if len(looks) == 1:
            await enqueue(deps, Lane.LONG, 1)
            worker.wake()
        return looks[-1]

    monkeypatch.setattr(jobs, "due", look)
    task = asyncio.create_task(worker.run(asyncio.Event()))
    assert await doings.next(1) == [Lane.LONG]
    task.cancel()
    await asyncio.wait({task})


async def test_of_slots_that_are_woken_together_one_looks(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    due, looks = jobs.due, list[int]()

    async def counted(deps: Dependencies) -> jobs.Found:
        looks.append(1)
        return await due(deps)

    monkeypatch.setattr(jobs, "due", counted)
    worker = Worker(world.deps)
    await enqueue(world.deps, Lane.PEOPLE, 2)
    claims = [worker._claim(lanes) for lanes in slots(4)]
    found = await asyncio.gather(*claims)
    assert len({job.id for job in found if job}) == 2
    assert found[0] is None, "it serves money and emergencies alone"
    assert looks == [1]


@pytest.mark.usefixtures("hasty")
async def test_a_transaction_that_leaves_a_due_job_wakes_the_worker(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Worker, "_poll", lambda _, stop: stop.wait())
    doings = Doings()
    async with working(world, doings, 2) as deps:
        heard = jobs.channel(deps)
        while not dict(await deps.redis.pubsub_numsub(heard))[heard.encode()]:
            pass  # until it listens
        await deps.in_transaction(
            lambda tx: jobs.enqueue(deps, tx, "test.MONEY", "1", lane=Lane.MONEY)
        )
        assert await doings.next(1) == [Lane.MONEY]
