"""Rules of demands: homes are reminded by themselves, some days after each due day."""

from typing import Any

import msgspec
import pytest

from services.demands.rules import jobs
from services.jobs import schedules
from services.kernel.permissions import Role
from tests.build.cast import COMPOUND, UNIT, Estate
from tests.build.demands import late, rows
from tests.build.homes import get, told
from tests.build.offices import firm_at, hire
from tests.build.sign_ins import Member
from tests.build.world import Reply

pytestmark = pytest.mark.billed("2026-01", "2026-02")

RULE = f"/api/v1/places/{COMPOUND}/demand-rule"


async def put(
    estate: Estate, who: Member | str = "staff", path: str = RULE, **rule: Any
) -> Reply:
    member = await estate.member(who) if isinstance(who, str) else who
    body = msgspec.json.encode({"days_after": [3, 10], **rule})
    return await estate.world.api.call("PUT", path, body, as_=member)


async def planned(estate: Estate) -> list[dict[str, Any]]:
    await jobs.plan(estate.world.deps, {})
    await estate.world.work()
    return await rows(estate, "staff", f"places/{COMPOUND}/demand-rounds")


async def test_who_has_not_paid_is_reminded_so_many_days_after_the_due_day(
    estate: Estate,
) -> None:
    assert (await put(estate, every_days=7)).status == 200
    numbers = []
    for days in (2, 1, 1, 6):
        await (late(estate, 2) if not numbers else estate.advance(days=days))
        await estate.member("li")
        numbers.append((await planned(estate))[0]["demands"])
    assert numbers == [0, 1, 0, 1]
    first = (await planned(estate))[0]
    assert (first["planned"], first["role"]) == (True, None)


async def test_a_day_on_which_no_worker_ran_is_caught_up(estate: Estate) -> None:
    await put(estate)
    await late(estate, 2)
    await planned(estate)
    await estate.advance(days=3)
    li = await estate.member("li")
    assert (await planned(estate))[0]["demands"] == 1
    assert len(await told(estate.world, li, "payment_reminder")) == 1


async def test_planned_twice_on_a_day_is_one_round(estate: Estate) -> None:
    await put(estate)
    await planned(estate)
    assert len(await planned(estate)) == 1


async def test_a_rule_that_is_off_reminds_nobody(estate: Estate) -> None:
    await put(estate, is_on=False)
    assert await planned(estate) == []


async def test_a_firms_rule_ends_with_its_contract(estate: Estate) -> None:
    firm = await firm_at(estate.world, COMPOUND, to_day="2026-03-31")
    its = {"$set": {"place": COMPOUND, "firm": firm}}
    await estate.world.db.payees.update_one({"account": "firm"}, its)
    job = {"name": "m", "phone": "13900000099", "firm": firm}
    cashier = await hire(estate.world, Role.CASHIER, COMPOUND, **job)
    assert (await put(estate, cashier)).status == 200
    assert (await estate.world.api.get(RULE, as_=cashier)).body["days_after"] == [3, 10]
    assert (await get(estate, "staff", RULE.removeprefix("/api/v1/"))).status == 404
    assert len(await planned(estate)) == 1
    await late(estate, 3)
    assert len(await planned(estate)) == 1


async def test_a_rule_is_of_a_compound_and_never_before_the_due_day(estate: Estate) -> None:
    path = f"/api/v1/places/{UNIT}/demand-rule"
    assert (await put(estate, path=path)).code == "demand_rule_place"
    assert (await put(estate, days_after=[0])).status == 422


async def test_the_worker_looks_every_morning(estate: Estate) -> None:
    await put(estate)
    await schedules.plan(estate.world.deps, jobs.SCHEDULES, None)
    await estate.world.work()
    assert len(await rows(estate, "staff", f"places/{COMPOUND}/demand-rounds")) == 1
