"""Whom a rate is about: homes, not bills; and those of earlier months where it is of arrears.

Three of fifteen homes are shops, and only shops pay for waste.
"""

from typing import Any

import pytest
from pymongo.errors import ExecutionTimeout

from services import deadlines
from services.bills.runs import actions as runs
from services.bills.runs.models import StartBillRun
from services.dependencies import Dependencies
from services.fees.models import FeeKind
from services.kernel.measures import Measure
from services.kernel.permissions import Role
from services.statistics import measures, withheld_figures
from services.statistics.measures import Figures
from tests.build import cast
from tests.build.cast import COMPOUND, UNIT, Estate, appoint, payee_of
from tests.build.homes import get, post
from tests.deadlines import SAFETY_NET

pytestmark = pytest.mark.slow

COMMITTEE = "13900000061"
SHOPS = [f"{UNIT}.60{n}" for n in range(3)]


@pytest.fixture
async def shops(estate: Estate) -> Estate:
    world = estate.world
    await cast.homes(world.deps, {f"{UNIT}.6{n:02}": 6000 for n in range(12)})
    await world.db.places.update_many({"_id": {"$in": SHOPS}}, {"$set": {"usage": "shop"}})
    await world.db.fee_rules.delete_many({"kind": FeeKind.WASTE_FEE})
    await appoint(world.deps, Role.COMMITTEE_MEMBER, COMPOUND, COMMITTEE)
    return estate


async def payee(estate: Estate, account: str, from_day: str, to_day: str | None) -> str:
    await estate.world.confirm(await estate.member("admin"))
    about = {"name": account, "account": account, "kinds": [FeeKind.WASTE_FEE]}
    days = {"from_day": from_day, "to_day": to_day}
    made = await post(estate, "admin", f"places/{COMPOUND}/payees", **about, **days)
    assert made.status == 201, made.body
    return str(made.body["payee_id"])


async def charge(
    estate: Estate, from_day: str, to_day: str | None = None, payee_id: str = ""
) -> None:
    """Charge shops for waste."""
    rule = {
        "kind": "waste_fee",
        "monthly_fen": 5000,
        "start_day": from_day,
        "end_day": to_day,
        "due_days": 30,
        "payee_id": payee_id or payee_of(FeeKind.WASTE_FEE),
        "usages": ["shop"],
    }
    reply = await post(estate, "staff", f"places/{COMPOUND}/fee-rules", **rule)
    assert reply.status == 201, reply.body


async def publish(estate: Estate, period: str) -> None:
    deps = estate.world.deps
    run = await runs.start(deps, cast.STAFF, COMPOUND, StartBillRun(period=period))
    await estate.world.work()
    await runs.publish(deps, cast.STAFF, run.run_id)
    await estate.world.work()


async def rates(estate: Estate, query: str) -> Any:
    member = await estate.world.sign_in("committee", COMMITTEE)
    reply = await get(estate, member, f"places/{COMPOUND}/rates?{query}")
    assert reply.status == 200, reply.body
    return reply.body["rates"]


async def test_three_homes_with_two_bills_each_are_three(shops: Estate) -> None:
    """Two payees of one month: each sends a bill of its days."""
    for kept in ("payees", "fee_rules"):
        await shops.world.db[kept].delete_many({})
    for account, first, last in (
        ("sanitation", "2025-01-01", "2026-03-15"),
        ("firm", "2026-03-16", None),
    ):
        await charge(shops, first, last, await payee(shops, account, first, last))
    await publish(shops, "2026-03")
    assert await shops.world.db.bills.count_documents({"kind": FeeKind.WASTE_FEE}) == 6
    assert await rates(shops, "period=2026-03&kind=waste_fee") is None


async def test_arrears_of_three_homes_are_withheld_in_later_months(shops: Estate) -> None:
    await charge(shops, "2025-01-01")
    await publish(shops, "2026-02")
    await shops.advance(days=65)
    for later in ("period=2026-05", "period=2026-05&months=3", "period=2027-01"):
        assert await rates(shops, f"{later}&kind=waste_fee") is None
        assert await rates(shops, later) is None  # nor as part of all fees


async def test_only_arrears_are_withheld_where_the_later_months_are_of_many(
    shops: Estate,
) -> None:
    await charge(shops, "2025-01-01", "2026-02-28")
    await publish(shops, "2026-02")
    await shops.advance(days=65)
    await publish(shops, "2026-05")
    found = await rates(shops, "period=2026-05")
    assert found["household_rate"]["denominator"] == 15
    assert found["arrears_recovery_rate"] is None


async def test_arrears_of_many_are_shown(shops: Estate) -> None:
    await publish(shops, "2026-02")
    await shops.advance(days=65)
    found = await rates(shops, "period=2026-05")
    assert found["arrears_recovery_rate"]["denominator"] > 0


async def test_arrears_are_withheld_when_their_groups_cannot_be_counted_in_time(
    shops: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    await publish(shops, "2026-02")
    await shops.advance(days=65)
    await publish(shops, "2026-05")
    await shops.world.db.place_sums.delete_one({"_id": "complete|bills"})
    count, given = measures.counted, list[float]()

    async def late(
        deps: Dependencies, measure: Measure, *about: Any, **more: Any
    ) -> dict[str, Figures]:
        if measure.name != withheld_figures.BILLED_BEFORE:
            return await count(deps, measure, *about, **more)
        given.append(deadlines.left(SAFETY_NET))
        raise ExecutionTimeout("operation exceeded time limit")

    before = await rates(shops, "period=2026-05")
    monkeypatch.setattr(measures, "counted", late)
    after = await rates(shops, "period=2026-05")
    assert after == {**before, "arrears_recovery_rate": None}
    assert before["arrears_recovery_rate"]["denominator"] > 0
    assert given[0] <= withheld_figures.EARLIER_SECONDS
