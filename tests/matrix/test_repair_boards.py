"""Rows about boards of repairs: who sees which of them."""

from typing import Final

import pytest

from mongo_indexes import repairs
from services.cases.models import CameBy
from services.kernel import words
from services.kernel.paths import ancestors
from services.repairs.classes import Danger
from services.repairs.models import TEXT, Part, Repair
from services.repairs.states import RepairState
from tests.matrix.posts import COMPOUNDS, HOMES, UNITS
from tests.matrix.row import Row
from tests.matrix.rules import somewhere
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN


async def repair(scene: Scene) -> str:
    """A repair that somebody near its place has in hand."""
    deps, repair_id = scene.town.world.deps, scene.town.new_id()
    is_home, number = scene.place in HOMES, f"26-{scene.number:04d}"
    made = Repair(
        id=repair_id,
        number=number,
        place=scene.place,
        part=Part.HOME if is_home else Part.COMMON,
        category="tap_broken" if is_home else "stair_light",
        danger=Danger.NORMAL,
        state=RepairState.ASSIGNED,
        holder=scene.owner.person_id,
        person=None,
        filed_by="test",
        way=CameBy.APP,
        steps=1,
        created_at=deps.now(),
        text="" if is_home else "灯不亮",
        text_sealed=TEXT.seal(deps.vault, repair_id, "漏水") if is_home else "",
        words=words.read().kept(number),
        under=ancestors(scene.place),
    )
    return await scene.town.insert(repairs.COLLECTION, made)


FURNITURE: Final[Furniture] = ((repair, (*UNITS, *HOMES, *COMPOUNDS)),)
ROWS = (
    Row("get", "/api/v1/repairs", somewhere(), query={"limit": "100"}),
    Row("get", "/api/v1/me/repairs/today", somewhere(), query={"limit": "100"}),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
