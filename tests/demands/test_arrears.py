"""Arrears by age: what a place owes since when, and by home.

Li's, Wang's and Sun's homes owe January and February, due on 1 April 2026.
"""

from typing import Any

import pytest

from services.bills.arrears.models import Age, age_of
from tests.build.cast import COMMUNITY, COMPOUND, LI_HOME, NEXT_UNIT, UNIT, WANG_HOME, Estate
from tests.build.demands import EACH_LI, late, rows
from tests.build.homes import get, post

pytestmark = pytest.mark.billed("2026-01", "2026-02")


async def ages(estate: Estate, place: str = COMPOUND, more: str = "") -> dict[str, Any]:
    reply = await get(estate, "staff", f"places/{place}/arrears-by-age{more}")
    assert reply.status == 200, reply.body
    return dict(reply.body)


def fen(found: dict[str, Any]) -> dict[str, int]:
    return {each["age"]: each["amount_fen"] for each in found["ages"] if each["amount_fen"]}


@pytest.mark.parametrize(
    ("due_on", "age"),
    [
        ("2026-05-01", Age.NOT_DUE),
        ("2026-04-30", Age.MONTH),
        ("2026-04-01", Age.MONTH),
        ("2026-03-31", Age.QUARTER),
        ("2026-01-31", Age.QUARTER),
        ("2026-01-30", Age.YEAR),
        ("2025-05-01", Age.YEAR),
        ("2025-04-30", Age.OLDER),
    ],
)
def test_a_debt_ages_by_the_days_that_its_due_day_is_over(due_on: str, age: Age) -> None:
    assert age_of(due_on, "2026-05-01") is age


async def test_parts_add_up_to_the_whole_whatever_the_age(estate: Estate) -> None:
    older = {"$set": {"due_on": "2026-01-15"}}
    await estate.world.db.bills.update_many({"home": WANG_HOME, "period": "2026-01"}, older)
    for days in (0, 1):
        await (late(estate, days=0) if not days else estate.advance(days=days))
        for place in (COMMUNITY, COMPOUND, UNIT):
            found = await ages(estate, place)
            for each in found["total"]["ages"]:
                of_parts = [a for part in found["parts"] for a in part["ages"]]
                same = [a for a in of_parts if a["age"] == each["age"]]
                assert sum(a["amount_fen"] for a in same) == each["amount_fen"]
                assert sum(a["homes"] for a in same) == each["homes"]
    found = await ages(estate, UNIT)
    wangs = 3600 + 500
    assert fen(found["total"]) == {"month": 2 * EACH_LI + wangs, "quarter": wangs}
    assert (found["total"]["homes"], found["counted_on"]) == (2, "2026-04-02")
    assert {part["place"] for part in found["parts"]} == {LI_HOME, WANG_HOME}
    waste = await ages(estate, UNIT, "?kind=waste_fee")
    assert waste["total"]["amount_fen"] == 4 * 500


async def test_a_home_is_listed_by_who_owes(estate: Estate) -> None:
    wish = {"name": "赵强", "phone": "13900000040", "day": "2026-02-01", "reason": "已过户"}
    assert (await post(estate, "staff", f"homes/{LI_HOME}/transfer", **wish)).status == 201
    await late(estate, 31)
    found = [
        row
        for row in await rows(estate, "staff", f"places/{UNIT}/arrears")
        if row["place"] == LI_HOME
    ]
    assert [(row["owners_until"], row["quarter_fen"], row["bills"]) for row in found] == [
        (None, EACH_LI, 2),
        ("2026-01-31", EACH_LI, 2),
    ]
    assert {row["since"] for row in found} == {"2026-04-01"}


async def test_heads_and_neighbours_see_no_arrears_by_age(estate: Estate) -> None:
    for who in ("head", "li"):
        for path in ("arrears", "arrears-by-age", "demands", "demand-rounds"):
            assert (await get(estate, who, f"places/{NEXT_UNIT}/{path}")).status == 403
