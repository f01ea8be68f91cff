"""Rows about rounds: planned by the community, made by the heads of the places."""

from datetime import timedelta
from typing import Any, Final

import pytest

from mongo_indexes import round_plans, rounds
from services.cases.models import Clock
from services.kernel.days import day_of
from services.kernel.permissions import Permission
from services.tasks.models import HeadRole
from services.tasks.parts.rungs import tokens
from services.tasks.rounds.models import (
    NOTE,
    Check,
    Round,
    RoundItem,
    RoundItemResult,
    RoundPlan,
)
from services.tasks.rounds.rhythms import RoundRhythm, RoundRhythmKind
from services.working_time.models import Pace
from tests.matrix.posts import COMPOUND, COMPOUNDS, UNIT, UNITS
from tests.matrix.row import Row
from tests.matrix.rules import at, somewhere
from tests.matrix.test_repairs import category
from tests.matrix.town import Furniture, Maker, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

ROLE: Final = HeadRole.UNIT_HEAD
BY_HAND: Final = RoundRhythm(kind=RoundRhythmKind.BY_HAND)


async def plan(scene: Scene) -> str:
    now = scene.town.world.deps.now()
    made = RoundPlan(
        id=scene.town.new_id(),
        place=scene.place,
        places=[scene.place],
        role=ROLE,
        title="巡查",
        items=[RoundItem(key="exit", label="通道")],
        rhythm=BY_HAND,
        days=3,
        from_day=day_of(now),
        next_day=None,
        made_by="test",
        made_at=now,
    )
    return await scene.town.insert(round_plans.COLLECTION, made)


def walk(result: RoundItemResult | None = None) -> Maker:
    """Return a maker of a round with one item, and what was found there."""

    async def make(scene: Scene) -> str:
        now, round_id = scene.town.world.deps.now(), scene.town.new_id()
        due = now + timedelta(days=1)
        clock = Clock(
            total=1440, pace=Pace.CONTINUOUS, left=1440, running_since=now, due_at=due
        )
        sealed = NOTE.seal(scene.town.world.deps.vault, round_id, "堆物") if result else ""
        made = Round(
            id=round_id,
            plan=await plan(scene),
            run=round_id,
            place=scene.place,
            role=ROLE,
            rung=ROLE.role,
            held=tokens(scene.place, ROLE.role),
            title="巡查",
            checks=[Check(key="exit", label="通道", result=result, note_sealed=sealed)],
            until=day_of(due),
            filed_by="test",
            created_at=now,
            entered_at=now,
            steps=1,
            clocks={"finish": clock},
            due_at=due,
            sort_due=due,
        )
        return await scene.town.insert(rounds.COLLECTION, made)

    return make


async def with_category(scene: Scene) -> dict[str, str]:
    made = await walk(RoundItemResult.FINDING)(scene)
    return {"round_id": str(made), "key": "exit", "category": await category(scene)}


async def with_key(scene: Scene) -> dict[str, str]:
    return {"round_id": str(await walk()(scene)), "key": "exit"}


def new(scene: Scene, _: Any) -> dict[str, Any]:
    return {
        "title": "巡查",
        "places": [scene.place],
        "role": "unit_head",
        "items": [{"key": "exit", "label": "通道"}],
        "rhythm": {"kind": "weekly", "weekday": 1},
    }


def filed(_: Scene, made: Any) -> dict[str, str]:
    return {"target": "repair", "category": made["category"]}


ONE: Final = "/api/v1/rounds/{round_id}"
PLAN: Final = "/api/v1/round-plans/{plan_id}"
FURNITURE: Final[Furniture] = ((plan, COMPOUNDS), (walk(), UNITS))
ROWS = (
    Row("post", "/api/v1/round-plans", at(COMPOUND, UNIT), body=new),
    Row("get", "/api/v1/round-plans", somewhere()),
    Row("get", PLAN, at(COMPOUND), makes=plan),
    Row("post", f"{PLAN}/end", at(COMPOUND), makes=plan),
    Row("post", f"{PLAN}/start", at(COMPOUND), makes=plan, body={"places": []}),
    Row("get", "/api/v1/rounds", somewhere()),
    Row("get", "/api/v1/me/rounds", somewhere()),
    Row("get", ONE, at(UNIT), makes=walk()),
    Row(
        "get",
        f"{ONE}/history",
        at(UNIT, permission=Permission.DO_TASKS),
        makes=walk(),
        bare="steps",
    ),
    Row(
        "get",
        f"{ONE}/photos",
        at(UNIT),
        makes=walk(),
        bare="addresses of photos: there are none",
    ),
    Row("put", f"{ONE}/items/{{key}}", at(UNIT), makes=with_key, body={"result": "ok"}),
    Row("post", f"{ONE}/items/{{key}}/filing", at(UNIT), makes=with_category, body=filed),
    Row("post", f"{ONE}/finish", at(UNIT), makes=walk(RoundItemResult.OK)),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
