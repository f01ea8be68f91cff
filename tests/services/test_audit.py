"""The audit cannot be changed, thinned or cut without `verify` saying so."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from mongo_indexes import audit as index
from services.audit import actions, proving
from services.audit.models import KEEP, Act, Verdict
from services.dependencies import Dependencies, Transaction
from services.permissions import Actor
from tests.world import World


async def write(deps: Dependencies, person: str, times: int = 1) -> None:
    actor = Actor(person, "session")
    for number in range(times):

        async def save(tx: Transaction, number: int = number) -> None:
            await actions.record(
                deps, tx, actor, Act.PLACE_ADDED, place="cc.x", subject="s", number=number
            )

        await deps.in_transaction(save)


async def anchor(world: World) -> None:
    await proving.anchor(world.deps, {"at": world.clock.now.isoformat()})


def problems(verdict: Verdict) -> set[str]:
    return {broken.problem for broken in verdict.broken}


async def test_what_was_written_is_as_written(world: World) -> None:
    await asyncio.gather(*(write(world.deps, f"p{n}", 3) for n in range(6)))
    await asyncio.gather(*(write(world.deps, "same") for _ in range(6)))
    await anchor(world)
    verdict = await proving.verify(world.deps)
    assert (verdict.rows, verdict.anchors, verdict.broken) == (24, 1, [])


@pytest.mark.parametrize(
    "change",
    [
        {"person": "somebody else"},
        {"facts": {"number": 7}},
        {"act": "place.grid_changed"},
        {"result": "refused"},
        {"address": "1.2.3.4"},
    ],
)
async def test_a_changed_row_is_found(world: World, change: dict[str, Any]) -> None:
    await write(world.deps, "p", 3)
    row = actions.row_id(actions.lane_of("p"), 2)
    await world.db.audit.update_one({"_id": row}, {"$set": change})
    assert problems(await proving.verify(world.deps)) == {"was changed"}


@pytest.mark.parametrize(
    ("gone", "problem"),
    [(1, "rows are missing"), (2, "rows are missing"), (3, "the last rows are missing")],
)
async def test_a_removed_row_is_found(world: World, gone: int, problem: str) -> None:
    await write(world.deps, "p", 3)
    await world.db.audit.delete_one({"_id": actions.row_id(actions.lane_of("p"), gone)})
    assert problem in problems(await proving.verify(world.deps))


async def test_a_lane_emptied_is_found(world: World) -> None:
    await write(world.deps, "p", 3)
    await world.db.audit.delete_many({})
    assert problems(await proving.verify(world.deps)) == {"the last rows are missing"}


async def test_a_lane_cut_and_its_head_set_back_is_found_by_the_anchor(world: World) -> None:
    await write(world.deps, "p", 3)
    await anchor(world)
    lane = actions.lane_of("p")
    second = await world.db.audit.find_one({"_id": actions.row_id(lane, 2)})
    assert second is not None
    await world.db.audit.delete_one({"_id": actions.row_id(lane, 3)})
    back = {"number": 2, "mac": second["mac"]}
    await world.db.audit_heads.update_one({"_id": lane}, {"$set": back})
    assert problems(await proving.verify(world.deps)) == {"an anchor saw rows that are gone"}


async def test_an_anchor_that_was_changed_is_found(world: World) -> None:
    await write(world.deps, "p", 3)
    await anchor(world)
    await world.db.audit_anchors.update_one({}, {"$set": {"heads.0.number": 2}})
    assert "the anchor was changed" in problems(await proving.verify(world.deps))


async def test_only_what_is_older_than_a_year_may_be_gone(world: World) -> None:
    await write(world.deps, "p", 3)
    await anchor(world)
    world.clock.now += timedelta(hours=1)
    await anchor(world)
    world.clock.now += KEEP - timedelta(hours=1)
    await write(world.deps, "p", 2)
    lane = actions.lane_of("p")
    await world.db.audit.delete_many({"_id": {"$lte": actions.row_id(lane, 3)}})
    assert problems(await proving.verify(world.deps)) == set()
    await world.db.audit.delete_one({"_id": actions.row_id(lane, 4)})
    assert "rows are missing" in problems(await proving.verify(world.deps))


async def test_a_row_of_a_transaction_that_failed_is_not_there(world: World) -> None:
    async def fail(tx: Transaction) -> None:
        await actions.record(world.deps, tx, Actor("p", ""), Act.PLACE_ADDED)
        raise ValueError("on purpose")

    with pytest.raises(ValueError, match="on purpose"):
        await world.deps.in_transaction(fail)
    assert await world.db.audit.count_documents({}) == 0


def test_rows_are_kept_as_long_as_the_law_asks() -> None:
    [forget] = [i.document for i in index.INDEXES if i.document["name"] == "forget"]
    assert forget["expireAfterSeconds"] == KEEP.total_seconds() >= 180 * 24 * 3600
