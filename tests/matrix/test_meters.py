"""Rows about meters of homes, their prices, and the rounds in which they are billed."""

from typing import Any, Final

import pytest

from mongo_indexes import meter_prices, meter_rounds, meters
from services.meters.models import Meter, MeterKind, Unit
from services.meters.prices.models import MeterPrice
from services.meters.rounds.models import MeterRound
from services.places.actions import compound_of
from tests.build.meters import METER, PRICE
from tests.matrix.posts import COMPOUND, COMPOUNDS, HOME, HOMES, UNIT
from tests.matrix.row import Row
from tests.matrix.rules import at
from tests.matrix.test_shared_costs import payee_of_firm
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

PUT_UP = "2026-01-31"


async def meter(scene: Scene) -> str:
    number = scene.number
    made = Meter(
        id=scene.town.new_id(),
        compound=compound_of(scene.place),
        home=scene.place,
        slot=f"{number}",
        kind=MeterKind.OTHER,
        serial=f"{number}",
        unit=Unit.KWH,
        from_day=PUT_UP,
        first_value=number,
        billed_day=PUT_UP,
        billed_value=number,
        added_by=scene.town.new_id(),
        added_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(meters.COLLECTION, made)


async def price(scene: Scene) -> str:
    number = scene.number
    made = MeterPrice(
        id=scene.town.new_id(),
        place=scene.place,
        kind=MeterKind.HEAT,
        price=number,
        from_day="2020-01-01",
        version=number,
        source=f"文件{number}",
        payee="payee",
        account="firm",
        payee_name="物业",
        written_by=scene.town.new_id(),
        written_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(meter_prices.COLLECTION, made)


async def past_round(scene: Scene) -> str:
    made = MeterRound(
        id=scene.town.new_id(),
        place=scene.place,
        kind=MeterKind.HEAT,
        to_day="2025-12-31",
        amount_fen=scene.number,
        asked_by=scene.town.new_id(),
        asked_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(meter_rounds.COLLECTION, made)


async def priced(scene: Scene) -> dict[str, str]:
    """A compound that has a price for its firm."""
    await price(scene)
    return {"place": scene.place}


def new_meter(scene: Scene, _: str) -> dict[str, Any]:
    return {**METER, "serial": f"n{scene.number}", "kind": "other"}


def new_round(scene: Scene, _: Any) -> dict[str, Any]:
    """A day of the firm's contract, before the present one, that no round was started for."""
    number = next(scene.town.months)
    years, rest = divmod(number, 336)
    month, day = divmod(rest, 28)
    return {"kind": "heat", "to_day": f"{2024 + years}-{month + 1:02d}-{day + 1:02d}"}


FURNITURE: Final[Furniture] = (
    (meter, tuple(HOMES)),
    (price, COMPOUNDS),
    (past_round, COMPOUNDS),
)
ROWS = (
    Row("get", "/api/v1/places/{place}/meters", at(HOME, UNIT, COMPOUND)),
    Row("get", "/api/v1/meters/{meter_id}", at(HOME), makes=meter),
    Row("post", "/api/v1/homes/{home}/meters", at(HOME), body=new_meter),
    Row(
        "post",
        "/api/v1/meters/{meter_id}/readings",
        at(HOME),
        makes=meter,
        body={"day": "2026-02-28", "value": 10**9},
    ),
    Row(
        "post",
        "/api/v1/meters/{meter_id}/replacement",
        at(HOME),
        makes=meter,
        body=lambda scene, _: {
            "day": "2026-02-28",
            "last_value": 10**9,
            "serial": f"r{scene.number}",
            "first_value": 0,
            "reason": "到期更换",
        },
    ),
    Row(
        "get",
        "/api/v1/places/{place}/meter-prices",
        at(UNIT, COMPOUND),
        beyond="a price is its compound's, and the same for all of its homes",
    ),
    Row(
        "post",
        "/api/v1/places/{place}/meter-prices",
        at(COMPOUND),
        makes=payee_of_firm,
        body=lambda _, made: {**PRICE, "kind": "heat", "payee_id": made["payee"]},
    ),
    Row("get", "/api/v1/places/{place}/meter-dues", at(COMPOUND), query={"kind": "other"}),
    Row(
        "post",
        "/api/v1/places/{place}/meter-rounds",
        at(COMPOUND),
        makes=priced,
        body=new_round,
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
