"""Proof of demands: talks at doors, promises, and until when a debt may be claimed."""

from typing import Any

import pytest

from services.demands.limitations import ends_on
from tests.build.cast import LI_HOME, UNIT, Estate
from tests.build.demands import DUE_ON, EACH_LI, demands, late, started
from tests.build.homes import get, post

pytestmark = pytest.mark.billed("2026-01", "2026-02")

VISIT = {"home": LI_HOME, "purpose": "fee", "outcome": "met"}


async def limits(estate: Estate) -> list[dict[str, Any]]:
    reply = await get(estate, "staff", f"homes/{LI_HOME}/limitations")
    assert reply.status == 200, reply.body
    return list(reply.body["items"])


async def test_a_talk_about_fees_at_the_door_is_a_demand(estate: Estate) -> None:
    await late(estate)
    made = await post(estate, "head", "visits/unplanned", VISIT)
    assert made.status == 201, made.body
    [demand] = await demands(estate, LI_HOME)
    assert (demand["way"], demand["state"], demand["role"]) == ("visit", "arrived", "unit_head")
    assert (demand["amount_fen"], demand["since"]) == (2 * EACH_LI, DUE_ON)


async def test_another_visit_is_none(estate: Estate) -> None:
    await late(estate)
    others = ({"outcome": "nobody_there"}, {"purpose": "greeting"}, {"outcome": "refused"})
    for wish in others:
        made = await post(estate, "head", "visits/unplanned", VISIT | wish)
        assert made.status == 201, made.body
    assert await demands(estate, LI_HOME) == []


async def test_a_planned_visit_is_one_when_it_was_made(estate: Estate) -> None:
    await late(estate)
    plan = {"home": LI_HOME, "purpose": "fee", "day": "2026-04-02"}
    visit = await post(estate, "head", "visits", plan)
    path = f"visits/{visit.body['visit_id']}/result"
    assert (await post(estate, "head", path, outcome="met")).status == 200
    assert [row["way"] for row in await demands(estate, LI_HOME)] == ["visit"]


async def test_nothing_is_a_demand_before_the_due_day_is_over(estate: Estate) -> None:
    await late(estate, days=0)
    assert (await post(estate, "head", "visits/unplanned", VISIT)).status == 201
    assert await demands(estate, LI_HOME) == []


async def test_what_who_sold_the_home_owes_was_not_asked_at_the_door(estate: Estate) -> None:
    wish = {"name": "赵强", "phone": "13900000040", "day": "2026-03-02", "reason": "已过户"}
    assert (await post(estate, "staff", f"homes/{LI_HOME}/transfer", **wish)).status == 201
    await late(estate)
    assert (await post(estate, "head", "visits/unplanned", VISIT)).status == 201
    assert await demands(estate, LI_HOME) == []


async def test_a_promise_begins_the_limitation_period_anew(estate: Estate) -> None:
    await late(estate)
    before = await limits(estate)
    assert {(row["ends_on"], row["demanded_on"]) for row in before} == {("2029-04-01", None)}
    promise = {"home": LI_HOME, "day": "2026-04-20"}
    assert (await post(estate, "head", "payment-promises", promise)).status == 201
    [demand] = await demands(estate, LI_HOME)
    assert (demand["way"], demand["promised_for"]) == ("promise", "2026-04-20")
    after = await limits(estate)
    assert len(after) == 4
    assert {(row["ends_on"], row["demand_id"]) for row in after} == {
        ("2029-04-02", demand["demand_id"])
    }


async def test_a_message_that_did_not_arrive_interrupts_nothing(estate: Estate) -> None:
    await late(estate)
    await estate.member("li")
    await started(estate, place=UNIT)
    await estate.advance(days=4)
    await estate.world.work()
    assert [row["state"] for row in await demands(estate, LI_HOME)] == ["missed"]
    assert {row["ends_on"] for row in await limits(estate)} == {"2029-04-01"}


@pytest.mark.parametrize(
    ("day", "last"),
    [("2026-04-01", "2029-04-01"), ("2024-02-29", "2027-02-28"), ("2025-12-31", "2028-12-31")],
)
def test_a_period_ends_three_years_later(day: str, last: str) -> None:
    assert ends_on(day) == last
