"""Rows about outages: announced where one hands repairs out, read by all who live there."""

from datetime import timedelta
from typing import Any, Final

import pytest

from mongo_indexes import outages
from services.kernel.permissions import Permission
from services.repairs.outages.models import Outage, OutageKind
from tests.matrix.posts import COMPOUND, COMPOUNDS, HOME, UNIT, Post
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, at, decided
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

SHARED: Final = "all who live in the compound, or have an office there, may know of it"


def _compound(place: str) -> str:
    return ".".join(place.split(".")[:5])


async def running(scene: Scene) -> str:
    return await _made(scene, timedelta(hours=-1))


async def planned(scene: Scene) -> str:
    return await _made(scene, timedelta(days=1))


async def _made(scene: Scene, begins: timedelta) -> str:
    now = scene.town.world.deps.now()
    made = Outage(
        id=scene.town.new_id(),
        compound=_compound(scene.place),
        places=[scene.place],
        kind=OutageKind.OTHER,
        planned=True,
        categories=[],
        begins_at=now + begins,
        ends_at=now + timedelta(days=2),
        text="检修",
        announced_by="test",
        announced_at=now,
    )
    return await scene.town.insert(outages.COLLECTION, made)


def new(scene: Scene, _: Any) -> dict[str, Any]:
    """An outage at an hour of its own: two of a kind at once are one."""
    now = scene.town.world.deps.now()
    begins = now + timedelta(hours=50 + 2 * (scene.number % 300))
    return {
        "places": [scene.place],
        "kind": "heating",
        "planned": True,
        "begins_at": begins.isoformat(),
        "ends_at": (begins + timedelta(hours=1)).isoformat(),
        "text": "检修",
    }


def later(scene: Scene, _: Any) -> dict[str, Any]:
    return {"ends_at": (scene.town.world.deps.now() + timedelta(days=3)).isoformat()}


def _touches(post: Post, place: str) -> bool:
    held = (
        *post.places(Permission.VIEW_HOME),
        *post.places(Permission.FOLLOW_REPAIRS),
    )
    return any(f"{a}.".startswith(f"{b}.") for h in held for a, b in ((h, place), (place, h)))


def _known_in_compound(post: Post, place: str) -> Outcome:
    return Outcome.ALLOWED if _touches(post, _compound(place)) else Outcome.MISSING


def _known_at(post: Post, place: str) -> Outcome:
    return Outcome.ALLOWED if _touches(post, place) else Outcome.MISSING


FURNITURE: Final[Furniture] = ((running, COMPOUNDS), (planned, COMPOUNDS))
ROWS = (
    Row("post", "/api/v1/places/{place}/outages", at(COMPOUND), body=new),
    Row(
        "get",
        "/api/v1/outages",
        decided(_known_at, SHARED, HOME, UNIT, COMPOUND),
        query=lambda scene, _: {"place": scene.place},
        beyond=SHARED,
    ),
    Row(
        "get",
        "/api/v1/outages/{outage_id}",
        decided(_known_in_compound, SHARED, UNIT, COMPOUND),
        makes=running,
        beyond=SHARED,
    ),
    Row(
        "post",
        "/api/v1/outages/{outage_id}/expected-end",
        at(COMPOUND),
        makes=running,
        body=later,
    ),
    Row("post", "/api/v1/outages/{outage_id}/end", at(COMPOUND), makes=running),
    Row(
        "post",
        "/api/v1/outages/{outage_id}/cancel",
        at(COMPOUND),
        makes=planned,
        body={"reason": "改期"},
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
