"""Rows about work records: the head's own, and those that the community sees."""

from datetime import timedelta
from typing import Final

import pytest

from mongo_indexes import work_records
from services.kernel.paths import ancestors
from services.kernel.permissions import Role
from services.work_records.models import WorkRecord
from tests.matrix.posts import COMPOUND, COMPOUNDS, UNIT, UNITS, Post
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, at, decided, mine
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

OWN_OFFICES = "offices of one's own that are over, wherever one lives"
OWN_RECORD = "each head has a record of their own offices; for others it is empty"


def anybody(_post: Post, _place: str) -> Outcome:
    return Outcome.ALLOWED


async def _made(scene: Scene, person: str, days: int) -> str:
    """Insert a record of last month that others see so many days from now."""
    now, made_id = scene.town.world.deps.now(), scene.town.new_id()
    record = WorkRecord(
        id=made_id,
        appointment=made_id,
        person=person,
        role=Role.UNIT_HEAD,
        place=scene.place,
        under=ancestors(scene.place),
        month="2026-01",
        from_day="2026-01-01",
        to_day="2026-01-31",
        figures={"visits_made": scene.number},
        made_at=now,
        open_at=now + timedelta(days=days),
    )
    return await scene.town.insert(work_records.COLLECTION, record)


async def own(scene: Scene) -> str:
    return await _made(scene, scene.owner.person_id, 3)


async def seen(scene: Scene) -> str:
    return await _made(scene, "somebody", -3)


FURNITURE: Final[Furniture] = ((seen, (*UNITS, *COMPOUNDS)),)
ROWS = (
    Row("get", "/api/v1/me/work-record", decided(anybody, OWN_RECORD), beyond=OWN_OFFICES),
    Row(
        "put",
        "/api/v1/me/work-record/{record_id}/remark",
        mine(),
        makes=own,
        body={"remark": "由代理人走访"},
    ),
    Row(
        "get",
        "/api/v1/places/{place}/work-records",
        at(UNIT, COMPOUND),
        query={"month": "2026-01"},
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
