"""Rows about work orders: printed where one does repairs."""

import pytest

from mongo_indexes import repairs
from services.cases.models import CameBy
from services.repairs.classes import Danger
from services.repairs.models import Part, Repair
from services.repairs.states import RepairState
from tests.matrix.posts import UNIT
from tests.matrix.row import Row
from tests.matrix.rules import at, public
from tests.matrix.town import Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN


async def lamp(scene: Scene) -> str:
    """A report of what all share."""
    now = scene.town.world.deps.now()
    made = Repair(
        id=scene.town.new_id(),
        number="26-0001",
        place=scene.place,
        part=Part.COMMON,
        category="stair_light",
        danger=Danger.NORMAL,
        state=RepairState.REPORTED,
        person=None,
        filed_by="test",
        way=CameBy.PHONE,
        created_at=now,
        steps=1,
        text="灯不亮",
    )
    return await scene.town.insert(repairs.COLLECTION, made)


ROWS = (
    Row(
        "get",
        "/api/v1/repairs/{repair_id}/work-order",
        at(UNIT),
        makes=lamp,
        bare="a paper, compressed; what is on it is in tests/repairs/test_work_orders.py",
    ),
    Row("get", "/r/{repair_id}", public(), makes=lamp, bare="the same page for any id"),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
