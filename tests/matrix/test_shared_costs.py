"""Rows about shared costs of a place, proposed by one person and approved by another."""

from typing import Any, Final

import pytest

from mongo_indexes import payees, shared_costs
from services.kernel.paths import covers
from services.places.actions import compound_of
from services.shared_costs.models import Share, SharedCost, Split
from tests.build.shared_costs import COST
from tests.matrix.posts import COMPOUND, COMPOUNDS, HOMES
from tests.matrix.row import Row
from tests.matrix.rules import at
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN


async def payee_of_firm(scene: Scene) -> dict[str, str]:
    """The payee of the firm that serves a compound."""
    of_firm = {"place": scene.place, "firm": {"$gt": ""}, "account": "firm"}
    found = await scene.town.world.db[payees.COLLECTION].find_one(of_firm)
    assert found is not None
    return {"place": scene.place, "payee": found["_id"]}


def new_cost(scene: Scene, made: Any) -> dict[str, Any]:
    number = f"发票{scene.number}"
    return {**COST, "payee_id": made["payee"], "document_number": number}


async def cost(scene: Scene) -> str:
    """A cost that somebody else proposed."""
    home = next(home for home in HOMES if covers(scene.place, home))
    number = scene.number
    made = SharedCost(
        id=scene.town.new_id(),
        compound=compound_of(scene.place),
        place=scene.place,
        slot=f"发票{number}",
        title="电费",
        total_fen=number,
        split=Split.HOME,
        from_day="2026-02-01",
        to_day="2026-02-28",
        document_number=f"发票{number}",
        payee="payee",
        account="firm",
        payee_name="物业",
        shares=[Share(home, 1, number)],
        homes=1,
        weight=1,
        proposed_by=scene.town.new_id(),
        proposed_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(shared_costs.COLLECTION, made)


FURNITURE: Final[Furniture] = ((cost, COMPOUNDS),)
ROWS = (
    Row(
        "post",
        "/api/v1/places/{place}/shared-costs",
        at(COMPOUND),
        makes=payee_of_firm,
        body=new_cost,
    ),
    Row("get", "/api/v1/shared-costs/{shared_cost_id}/shares", at(COMPOUND), makes=cost),
    Row(
        "post",
        "/api/v1/shared-costs/{shared_cost_id}/decision",
        at(COMPOUND),
        makes=cost,
        body={"approve": False, "reason": "金额有误"},
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
