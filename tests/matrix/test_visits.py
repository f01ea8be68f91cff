"""Rows about visits: an office's own, and for whoever answers for it a number."""

from datetime import timedelta
from typing import Any, Final

import pytest

from mongo_indexes import visits
from services.kernel.days import end_of, plus_days
from services.kernel.permissions import Permission, Role
from services.visits.models import Visit, VisitPurpose
from services.visits.states import VisitState
from tests.matrix.posts import HOME, HOMES, Post
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, at, decided, somewhere
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

KEPT: Final = "what a head notes is the office's own: others see figures"


def unit_of(place: str) -> str:
    return place.rpartition(".")[0]


async def planned(scene: Scene) -> str:
    """A visit that the head of the unit planned; of any number of days from now."""
    deps = scene.town.world.deps
    day = plus_days(deps.today(), scene.number % 300)
    made = Visit(
        id=scene.town.new_id(),
        home=scene.place,
        keeper=f"{Role.UNIT_HEAD}|{unit_of(scene.place)}",
        role=Role.UNIT_HEAD,
        office=unit_of(scene.place),
        purpose=VisitPurpose.GREETING,
        day=day,
        due_at=end_of(day),
        state=VisitState.PLANNED,
        planned_by="test",
        planned_at=deps.now() - timedelta(days=1),
    )
    # one for a purpose at a time: the one that was planned before was made elsewhere
    await scene.town.world.db[visits.COLLECTION].delete_many({"keeper": made.keeper})
    return await scene.town.insert(visits.COLLECTION, made)


def kept_by_unit_head(post: Post, place: str) -> Outcome:
    if (Role.UNIT_HEAD, unit_of(place)) in post.held:
        return Outcome.ALLOWED
    held = post.places(Permission.PLAN_VISITS)
    return Outcome.MISSING if held else Outcome.FORBIDDEN


def own() -> Any:
    return decided(kept_by_unit_head, KEPT, HOME, permission=Permission.PLAN_VISITS)


async def free_home(scene: Scene) -> str:
    """Nothing is planned at the home: what the last one planned is gone."""
    await scene.town.world.db[visits.COLLECTION].delete_many({"home": scene.place})
    return ""


def at_home(scene: Scene, _: Any, **more: Any) -> dict[str, Any]:
    return {"home": scene.place, "purpose": "policy", **more}


def plan(scene: Scene, made: Any) -> dict[str, Any]:
    return at_home(scene, made, day=scene.town.world.deps.today())


def unplanned(scene: Scene, made: Any) -> dict[str, Any]:
    return at_home(scene, made, outcome="met", minutes="都好")


def tomorrow(scene: Scene, _: Any) -> dict[str, Any]:
    return {"day": plus_days(scene.town.world.deps.today(), 1)}


FURNITURE: Final[Furniture] = ((planned, tuple(HOMES)),)
ROWS = (
    Row("get", "/api/v1/visits", somewhere()),
    Row("post", "/api/v1/visits", at(HOME), makes=free_home, body=plan),
    Row("post", "/api/v1/visits/unplanned", at(HOME), makes=free_home, body=unplanned),
    Row("get", "/api/v1/visits/{visit_id}", own(), makes=planned),
    Row("post", "/api/v1/visits/{visit_id}/day", own(), makes=planned, body=tomorrow),
    Row(
        "post",
        "/api/v1/visits/{visit_id}/result",
        own(),
        makes=planned,
        body={"outcome": "nobody_there"},
    ),
    Row("post", "/api/v1/visits/{visit_id}/cancel", own(), makes=planned),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
