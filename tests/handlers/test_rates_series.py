"""Series of rates over HTTP: what is refused, and what a head and a committee are told."""

from typing import Any

import pytest

from tests.build.cast import COMPOUND, NEXT_UNIT, UNIT, Estate
from tests.build.offices import firm_at, make_grid

pytestmark = [pytest.mark.slow, pytest.mark.billed("2026-01", "2026-02")]
SPAN = "from_month=2026-01&to_month=2026-03"


async def asked(estate: Estate, path: str, query: str = SPAN, name: str = "staff") -> Any:
    return await estate.world.api.get(f"/api/v1/{path}?{query}", as_=await estate.member(name))


async def test_a_chart_is_one_request(estate: Estate) -> None:
    reply = await asked(estate, f"places/{COMPOUND}/rates/series", f"{SPAN}&by=unit")
    assert reply.status == 200, reply.body
    body = reply.body
    amounts = [month["rates"]["amount_rate"]["denominator"] for month in body["points"]]
    assert [month["period"] for month in body["points"]] == ["2026-01", "2026-02", "2026-03"]
    assert amounts == [14418, 14418, 0]
    assert [(part["part"], part["name"]) for part in body["parts"]] == [
        (NEXT_UNIT, "春光小区3栋1单元"),
        (UNIT, "春光小区3栋2单元"),
    ]


@pytest.mark.parametrize(
    ("path", "query", "status", "code"),
    [
        (f"places/{UNIT}/rates/series", f"{SPAN}&by=unit", 422, "bad_breakdown"),
        (f"places/{UNIT}/rates/series", f"{SPAN}&by=grid", 422, "bad_breakdown"),
        (f"places/{UNIT}.999/rates/series", SPAN, 404, "not_found"),
        (
            f"places/{UNIT}/rates/series",
            "from_month=2026-02&to_month=2026-01",
            422,
            "bad_months",
        ),
        ("firms/nobody/rates/series", SPAN, 404, "not_found"),
    ],
)
async def test_what_cannot_be_is_said(
    estate: Estate, path: str, query: str, status: int, code: str
) -> None:
    reply = await asked(estate, path, query)
    assert (reply.status, reply.code) == (status, code)


async def test_a_head_sees_their_own_staircase_alone(estate: Estate) -> None:
    assert (await asked(estate, f"places/{UNIT}/rates/series", name="head")).status == 200
    made = await make_grid(estate)
    for place in (NEXT_UNIT, COMPOUND, made.body["path"]):
        reply = await asked(estate, f"places/{place}/rates/series", name="head")
        assert reply.status == 404


async def test_a_firm_has_rates_of_the_days_of_its_contract(estate: Estate) -> None:
    firm = await firm_at(estate.world, COMPOUND)
    await estate.world.db.contracts.update_one(
        {"firm": firm}, {"$set": {"from_day": "2026-02-01"}}
    )
    reply = await asked(estate, f"firms/{firm}/rates/series")
    assert [month["period"] for month in reply.body["points"]] == ["2026-02", "2026-03"]
    assert reply.body["points"][0]["rates"]["household_rate"]["denominator"] == 3
    [part] = reply.body["parts"]
    assert part["part"] == COMPOUND
    assert (await asked(estate, f"firms/{firm}/rates/series", name="head")).status == 404
