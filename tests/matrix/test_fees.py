"""Rows about fees: payees, rules, and runs that make bills of them."""

from dataclasses import replace
from typing import Any, Final

import pytest

from mongo_indexes import (
    bill_run_skips,
    bill_runs,
    bills,
    fee_rules,
    payees,
)
from services.bills.runs import basis
from services.bills.runs.models import BillRun, SkipReason
from services.bills.runs.states import RunState
from services.bills.states import BillState
from services.fees.models import FeeKind, FeeRule
from services.fees.payees.models import Payee
from services.kernel.days import plus_months
from services.places.models import Usage
from tests.build.cast import PAYEES
from tests.matrix import makers
from tests.matrix.posts import COMPOUND, COMPOUNDS, HOMES, UNITS
from tests.matrix.row import Row
from tests.matrix.rules import at
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

FEE_RULE = {"kind": "property_fee", "price": 6000, "due_days": 30}
SANITATION = {"name": "环卫中心", "account": "sanitation", "kinds": ["waste_fee"]}
BEFORE_NEW_ONES = "2029-12-31"  # makers.month comes after it
FARTHEST = 40  # months on both sides of today for which a run may be started


async def payee(scene: Scene, kind: FeeKind = FeeKind.PROPERTY_FEE) -> str:
    """Somebody who may charge a fee at the scene's place."""
    account, name = PAYEES[kind]
    made = Payee(
        id=scene.town.new_id(),
        place=scene.place,
        name=name,
        account=account,
        kinds=[kind],
        from_day=f"2020-01-{scene.number % 28 + 1:02d}",
        to_day=BEFORE_NEW_ONES if kind is FeeKind.WASTE_FEE else None,
        written_by="test",
        written_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(payees.COLLECTION, made)


async def for_a_rule(scene: Scene) -> dict[str, str]:
    return {"place": scene.place, "payee": await payee(scene)}


def new_rule(scene: Scene, made: Any) -> dict[str, Any]:
    return {
        **FEE_RULE,
        "payee_id": made["payee"],
        "start_day": f"{makers.month(scene)}-01",
    }


def new_payee(scene: Scene, _: str) -> dict[str, Any]:
    month = makers.month(scene)
    return {**SANITATION, "from_day": f"{month}-01", "to_day": f"{month}-28"}


def new_run(scene: Scene, _: str) -> dict[str, Any]:
    """Months near today that nobody has started a run for, of the firm's own fee."""
    years, months = divmod(next(scene.town.months), FARTHEST)
    near = {"period": plus_months("2024-06", months), "months": years % 3 + 1}
    return {**near, "kinds": ["property_fee"]}


async def rule(scene: Scene) -> str:
    number, paid = scene.number, await payee(scene, FeeKind.WASTE_FEE)
    made = FeeRule(
        id=scene.town.new_id(),
        place=scene.place,
        kind=FeeKind.WASTE_FEE,
        monthly_fen=500,
        usages=[Usage.FLAT],
        start_day="2020-01-01",
        due_days=30,
        payee=paid,
        account="sanitation",
        payee_name="环卫中心",
        slots=[f"test|{number}"],
        created_by="test",
        created_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(fee_rules.COLLECTION, made)


async def drafted_run(scene: Scene) -> str:
    """A run of a compound whose drafts are made and not published."""
    made = _run(scene, RunState.DRAFTED)
    made.basis = await basis.digest_of(scene.town.world.deps, made)
    return await scene.town.insert(bill_runs.COLLECTION, made)


async def published_run(scene: Scene) -> str:
    """A run of a compound of which a home owes a bill."""
    run_id = await scene.town.insert(bill_runs.COLLECTION, _run(scene, RunState.PUBLISHED))
    owing = await makers.bill(replace(scene, place=f"{scene.place}.b1.u1.101"))
    bills_ = scene.town.world.db[bills.COLLECTION]
    await bills_.update_one({"_id": owing.id}, {"$set": {"run_id": run_id}})
    return run_id


async def run_with_gaps(scene: Scene) -> str:
    """A run that could not bill a home."""
    run_id = await drafted_run(scene)
    gap = {
        "_id": scene.town.new_id(),
        "run_id": run_id,
        "home": next(home for home in HOMES if home.startswith(f"{scene.place}.")),
        "kind": FeeKind.WASTE_FEE,
        "reason": SkipReason.NO_RULE,
        "from_day": "2020-01-01",
        "to_day": "2020-01-31",
    }
    await scene.town.world.db[bill_run_skips.COLLECTION].insert_one(gap)
    return run_id


def _run(scene: Scene, state: RunState) -> BillRun:
    return BillRun(
        id=scene.town.new_id(),
        place=scene.place,
        period=plus_months("2020-01", scene.number % 90),  # while the firm has its contract
        months=1,
        kinds=[FeeKind.PROPERTY_FEE],
        state=state,
        round=1,
        version=1,
        asked_by="test",
        asked_at=scene.town.world.deps.now(),
    )


async def run_with_bills(scene: Scene) -> str:
    run_id = await drafted_run(scene)
    drafted = await makers.bill(
        replace(scene, place=f"{scene.place}.b1.u1.101"), BillState.DRAFT
    )
    bills_ = scene.town.world.db[bills.COLLECTION]
    await bills_.update_one({"_id": drafted.id}, {"$set": {"run_id": run_id}})
    return run_id


# What there is of it everywhere, so that it can leak.
FURNITURE: Final[Furniture] = (
    (rule, (*COMPOUNDS, *UNITS)),
    (payee, COMPOUNDS),
    (run_with_gaps, COMPOUNDS),
)
ROWS = (
    Row(
        "post",
        "/api/v1/places/{place}/fee-rules",
        at(COMPOUND),
        makes=for_a_rule,
        body=new_rule,
    ),
    Row("post", "/api/v1/places/{place}/payees", at(COMPOUND), body=new_payee),
    Row(
        "post",
        "/api/v1/payees/{payee_id}/end",
        at(COMPOUND),
        makes=payee,
        body={"last_day": "2026-12-31"},
    ),
    Row(
        "put",
        "/api/v1/payees/{payee_id}/receipt-numbers",
        at(COMPOUND),
        makes=payee,
        body={"numbered": True},
    ),
    Row(
        "post",
        "/api/v1/fee-rules/{rule_id}/end",
        at(COMPOUND),
        makes=rule,
        body={"end_day": "2026-12-31"},
    ),
    Row(
        "post",
        "/api/v1/places/{place}/bill-runs",
        at(COMPOUND),
        body=new_run,
    ),
    Row("get", "/api/v1/bill-runs/{run_id}", at(COMPOUND), makes=drafted_run),
    Row("get", "/api/v1/bill-runs/{run_id}/bills", at(COMPOUND), makes=run_with_bills),
    Row("post", "/api/v1/bill-runs/{run_id}/publish", at(COMPOUND), makes=drafted_run),
    Row("post", "/api/v1/bill-runs/{run_id}/cancel", at(COMPOUND), makes=drafted_run),
    Row(
        "post",
        "/api/v1/bill-runs/{run_id}/withdraw",
        at(COMPOUND),
        makes=published_run,
        body={"reason": "单价有误", "months": "open"},
    ),
    Row("get", "/api/v1/bill-runs/{run_id}/skipped", at(COMPOUND), makes=run_with_gaps),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
