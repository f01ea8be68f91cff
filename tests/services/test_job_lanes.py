"""Lanes of the outbox: news to many and long work never hold a payment's check up."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, Final

import pytest

from server.features import FEATURES
from services.jobs import actions as jobs
from services.jobs import store
from services.kernel.features import Lane
from tests.build.world import World

MANY: Final = 100_000
EXPRESS: Final = (Lane.MONEY, Lane.URGENT)


async def put_in_lane(world: World, lane: Lane, key: str) -> None:
    await jobs.enqueue(world.deps, None, "test", key, lane=lane)


async def claimed(world: World, lanes: Sequence[Lane] = jobs.ALL_LANES) -> str:
    job = await jobs.claim_due(world.deps, "w", lanes)
    return job.id if job else ""


# What is kept


async def test_a_job_is_kept_in_the_lane_of_its_kind(world: World) -> None:
    for kind in FEATURES.jobs:
        await jobs.enqueue(world.deps, None, kind, "1")
    kept = {row["kind"]: row["lane"] async for row in world.db.outbox.find()}
    assert kept == FEATURES.lanes


def test_money_has_a_lane_without_what_may_take_minutes() -> None:
    money = {kind for kind, lane in FEATURES.lanes.items() if lane is Lane.MONEY}
    assert money >= {"payments.check", "payments.clarify", "payments.refund", "payments.sweep"}
    long = {kind for kind, lane in FEATURES.lanes.items() if lane is Lane.LONG}
    assert long >= {"exports.write", "privacy.erase", "register.apply", "bills.run"}
    assert "reconciliations.day" in long


async def test_a_row_of_before_there_were_lanes_is_done(world: World) -> None:
    """Such a row may still be written while the last old process runs."""
    await put_in_lane(world, Lane.LONG, "old")
    await world.db.outbox.update_one({"_id": "test:old"}, {"$unset": {"lane": ""}})
    assert await claimed(world, EXPRESS) == ""
    found = await jobs.backlog(world.deps)
    assert found.overdue[Lane.PEOPLE].count == 1
    job = await jobs.claim_due(world.deps, "w", [Lane.PEOPLE])
    assert job is not None
    assert job.lane is Lane.PEOPLE
    assert await store.finish(world.deps.db, job, world.clock.now)


# Which is first


async def test_the_most_urgent_lane_is_first_and_in_it_what_waits_longest(
    world: World,
) -> None:
    for lane in sorted(Lane, reverse=True):
        await put_in_lane(world, lane, lane.name)
        await world.advance(seconds=1)
    found = [await claimed(world) for _ in Lane]
    assert found == [f"test:{lane.name}" for lane in Lane]
    assert await claimed(world) == ""


async def test_a_slot_leaves_the_lanes_alone_that_it_does_not_serve(world: World) -> None:
    for lane in Lane:
        await put_in_lane(world, lane, lane.name)
    found = [await claimed(world, EXPRESS) for _ in Lane]
    assert found == ["test:MONEY", "test:URGENT", "", "", ""]


async def waiting_news(world: World, many: int = MANY) -> None:
    """Put many messages into the outbox, all due before anything else."""
    await put_in_lane(world, Lane.NEWS, "0")
    row = await world.db.outbox.find_one({"_id": "test:0"})
    assert row is not None
    row["due_at"] -= timedelta(hours=1)
    for first in range(1, many, 10_000):
        numbers = range(first, min(first + 10_000, many))
        rows = [{**row, "_id": f"test:{n}"} for n in numbers]
        await world.db.outbox.insert_many(rows, ordered=False)


def values(node: Any, name: str) -> Iterator[Any]:
    """Yield what has a name anywhere in a plan."""
    inner = [*node.values()] if isinstance(node, dict) else node
    if isinstance(node, dict) and name in node:
        yield node[name]
    if isinstance(inner, list):
        for each in inner:
            yield from values(each, name)


@pytest.mark.slow
async def test_a_payments_check_is_found_at_once_behind_100000_messages(world: World) -> None:
    await waiting_news(world)
    await put_in_lane(world, Lane.MONEY, "check")
    for lane in Lane:
        asked = store.part_due(lane, world.clock.now, limit=jobs.CANDIDATES).pipeline(0)
        command = {"aggregate": "outbox", "pipeline": asked, "cursor": {}}
        plan = await world.db.command("explain", command, verbosity="executionStats")
        [work] = values(plan, "executionStats")
        assert work["totalKeysExamined"] <= jobs.CANDIDATES + 2
        assert work["totalDocsExamined"] <= jobs.CANDIDATES
        assert not {"SORT", "COLLSCAN"} & {*values(plan, "stage")}
    assert (await jobs.due(world.deps))[Lane.MONEY] == ["test:check"]
    assert await claimed(world, EXPRESS) == "test:check"


async def test_figures_are_of_each_lane(world: World) -> None:
    await put_in_lane(world, Lane.MONEY, "1")
    since = world.clock.now
    await world.advance(minutes=1)
    await put_in_lane(world, Lane.MONEY, "2")
    await put_in_lane(world, Lane.NEWS, "3")
    found = (await jobs.backlog(world.deps)).overdue
    assert found.keys() == {*Lane}
    assert (found[Lane.MONEY].count, found[Lane.MONEY].since) == (2, since)
    assert (found[Lane.NEWS].count, found[Lane.NEWS].since) == (1, world.clock.now)
    assert (found[Lane.LONG].count, found[Lane.LONG].since) == (0, None)


async def test_figures_read_no_job_however_many_wait(world: World) -> None:
    """Counted by the index, and only up to where any number is an alarm."""
    db = world.db
    await waiting_news(world, 3_000)
    await db.command("profile", 2)
    found = (await jobs.backlog(world.deps)).overdue
    await db.command("profile", 0)
    assert found[Lane.NEWS].count == jobs.BACKLOG_CAP < 3_000
    asked = {"ns": f"{db.name}.outbox", "op": {"$in": ["query", "command"]}}
    rows = await db["system.profile"].find(asked).to_list()
    assert sum(row["docsExamined"] for row in rows) <= len(Lane)  # the oldest of each
    assert sum(row["keysExamined"] for row in rows) < 2 * jobs.BACKLOG_CAP
