"""Fees, bills, payments, registers, figures, messages, the audit; and what is no person's."""

from dataclasses import replace
from typing import Any, Final

import pytest

from mongo_indexes import (
    bill_run_skips,
    bill_runs,
    bills,
    discrepancies,
    fee_rules,
    payees,
    payments,
    receipts,
    refunds,
    register_imports,
)
from services.bills.models import Bill
from services.bills.runs import basis
from services.bills.runs.models import BillRun, SkipReason
from services.bills.runs.states import RunState
from services.bills.states import BillState
from services.fees.models import FeeKind, FeeRule
from services.fees.payees.models import Payee
from services.kernel.days import plus_months
from services.payments.discrepancies.models import Discrepancy, Doubt
from services.payments.discrepancies.states import DiscrepancyState
from services.payments.models import Line, Payment
from services.payments.receipts.models import Receipt
from services.payments.refunds.models import Refund
from services.payments.refunds.states import RefundState
from services.payments.states import PaymentState
from services.places.models import Usage
from services.register.models import Import
from services.register.sheet.template import template
from services.register.states import State
from tests.build.cast import PAYEES
from tests.matrix import makers
from tests.matrix.posts import COMPOUND, COMPOUNDS, HOME, HOMES, UNIT, UNITS
from tests.matrix.row import Row
from tests.matrix.rules import at, citywide, everyone, mine, somewhere
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

WHOLE_SYSTEM = "an installation is one city's: its merchants' accounts and books are one"
UNIT_DEPTH = UNIT.count(".")
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


def by_unit(scene: Scene, _: str) -> dict[str, str]:
    """Figures of every unit, of places that are larger than one."""
    return {"by": "unit", "period": "2020-06"} if scene.place.count(".") < UNIT_DEPTH else {}


def another_file(scene: Scene, _: str) -> bytes:
    """A workbook that was not uploaded before."""
    return template() + b"%d" % scene.number


async def owing_bill(scene: Scene) -> str:
    """A bill of a home that owes it; the amount is no other bill's."""
    return (await bill(scene)).id


async def bill(scene: Scene, state: BillState = BillState.OWING) -> Bill:
    now, number = scene.town.world.deps.now(), scene.number
    period = plus_months("2020-01", number % 70)
    made = Bill(
        id=scene.town.new_id(),
        run_id=scene.town.new_id(),
        rule_id="",
        kind=FeeKind.PROPERTY_FEE,
        home=scene.place,
        period=period,
        months=1,
        slots=[f"test|{number}"],
        amount_fen=700_000 + number,
        explanation=f"{number}",
        account="firm",
        payee_name="安居物业",
        due_on="2020-12-31",
        state=state,
        created_at=now,
        issued_at=now,
        paid_at=now if state is BillState.PAID else None,
    )
    await scene.town.insert(bills.COLLECTION, made)
    return made


async def payment(scene: Scene, payer: str = "") -> str:
    """A settled order of the owner's, with its receipt, for a home at the scene's place.

    `payer`: of somebody else instead: nobody sends back what they paid themselves.
    """
    now, paid = scene.town.world.deps.now(), await bill(scene, BillState.PAID)
    line = Line(
        bill_id=paid.id,
        home=paid.home,
        kind=paid.kind,
        period=paid.period,
        explanation=paid.explanation,
        amount_fen=paid.amount_fen,
    )
    made = Payment(
        id=scene.town.new_id(),
        person=payer or scene.owner.person_id,
        account="firm",
        payee_name=paid.payee_name,
        lines=[line],
        bill_ids=[paid.id],
        amount_fen=paid.amount_fen,
        state=PaymentState.PAID,
        open=False,
        body=b"",
        created_at=now,
        expires_at=now,
        paid_at=now,
        transaction_id=scene.town.new_id(),
    )
    receipt = Receipt(
        id=made.id,
        number=f"20260302{scene.number:010d}",
        person=made.person,
        payee_name=made.payee_name,
        lines=made.lines,
        amount_fen=made.amount_fen,
        amount_capital="壹元整",
        transaction_id=made.transaction_id or "",
        paid_at=now,
    )
    await scene.town.insert(receipts.COLLECTION, receipt)
    return await scene.town.insert(payments.COLLECTION, made)


async def refund(scene: Scene) -> str:
    """A refund that WeChat gave up."""
    made = Refund(
        id=f"R{scene.town.new_id()}",
        number=f"R{scene.number}",
        payment=await payment(scene, scene.town.new_id()),
        person=scene.owner.person_id,
        account="firm",
        transaction_id=scene.town.new_id(),
        amount_fen=100,
        total_fen=100,
        source="suspense",
        reason="退款",
        state=RefundState.FAILED,
        open=False,
        requested_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(refunds.COLLECTION, made)


async def suspended(scene: Scene) -> str:
    """Money that fits no order, and waits for somebody to decide."""
    number = await payment(scene, scene.town.new_id())
    made = Discrepancy(
        id=f"firm:{number}",
        account="firm",
        doubts=[Doubt.AMOUNT],
        out_trade_no=number,
        transaction_id=scene.town.new_id(),
        amount_fen=100,
        expected_fen=200,
        state=DiscrepancyState.IN_SUSPENSE,
        found_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(discrepancies.COLLECTION, made)


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
    owing = await bill(replace(scene, place=f"{scene.place}.b1.u1.101"))
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
        period=plus_months("2020-01", scene.number % 84),
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
    drafted = await bill(replace(scene, place=f"{scene.place}.b1.u1.101"), BillState.DRAFT)
    bills_ = scene.town.world.db[bills.COLLECTION]
    await bills_.update_one({"_id": drafted.id}, {"$set": {"run_id": run_id}})
    return run_id


async def previewed_import(scene: Scene) -> str:
    return await _import(scene, State.PREVIEWED)


async def applied_import(scene: Scene) -> str:
    return await _import(scene, State.APPLIED)


async def _import(scene: Scene, state: State) -> str:
    """An import of a compound. Of those at work there is one, so the others are let go."""
    imports = scene.town.world.db[register_imports.COLLECTION]
    idle = {"$set": {"busy": False, "state": State.DISCARDED}}
    await imports.update_many({"place": scene.place, "busy": True}, idle)
    made = Import(
        id=scene.town.new_id(),
        place=scene.place,
        state=state,
        run=scene.town.new_id(),
        size_bytes=1,
        uploaded_by="test",
        uploaded_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(register_imports.COLLECTION, made)


# What there is of it everywhere, so that it can leak.
FURNITURE: Final[Furniture] = (
    (owing_bill, tuple(HOMES)),
    (payment, tuple(HOMES)),
    (refund, tuple(HOMES)),
    (suspended, tuple(HOMES)),
    (rule, (*COMPOUNDS, *UNITS)),
    (payee, COMPOUNDS),
    (run_with_gaps, COMPOUNDS),
    (previewed_import, COMPOUNDS),
)
ROWS = (
    Row("get", "/api/v1/places/{place}/fee-rules", at(UNIT, COMPOUND)),
    Row(
        "post",
        "/api/v1/places/{place}/fee-rules",
        at(COMPOUND),
        makes=for_a_rule,
        body=new_rule,
    ),
    Row("get", "/api/v1/places/{place}/payees", at(UNIT, COMPOUND)),
    Row("post", "/api/v1/places/{place}/payees", at(COMPOUND), body=new_payee),
    Row(
        "post",
        "/api/v1/payees/{payee_id}/end",
        at(COMPOUND),
        makes=payee,
        body={"last_day": "2026-12-31"},
    ),
    Row(
        "post",
        "/api/v1/fee-rules/{rule_id}/end",
        at(COMPOUND),
        makes=rule,
        body={"end_day": "2026-12-31"},
    ),
    Row("get", "/api/v1/places/{place}/bill-runs", at(COMPOUND)),
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
    Row("get", "/api/v1/me/bills", somewhere()),
    Row(
        "post",
        "/api/v1/bills/{bill_id}/void",
        at(HOME),
        makes=owing_bill,
        body={"reason": "面积登记有误", "months": "open"},
    ),
    Row("get", "/api/v1/payments", everyone()),
    Row(
        "post",
        "/api/v1/payments",
        at(HOME),
        makes=owing_bill,
        body=lambda _, made: {"bill_ids": [made]},
    ),
    Row("get", "/api/v1/payments/{payment_id}", mine(), makes=payment),
    Row("get", "/api/v1/payments/{payment_id}/receipt", mine(), makes=payment),
    Row("get", "/api/v1/refunds", citywide(), beyond=WHOLE_SYSTEM),
    Row(
        "post",
        "/api/v1/refunds/{refund_id}/retry",
        citywide(),
        makes=refund,
        beyond=WHOLE_SYSTEM,
    ),
    Row("get", "/api/v1/discrepancies", citywide(), beyond=WHOLE_SYSTEM),
    Row(
        "post",
        "/api/v1/discrepancies/{discrepancy_id}/return",
        citywide(),
        makes=suspended,
        beyond=WHOLE_SYSTEM,
    ),
    Row(
        "get",
        "/api/v1/ledger/trial-balance",
        citywide(),
        query={"from_day": "2026-03-01", "to_day": "2026-03-31"},
        beyond=WHOLE_SYSTEM,
        bare="sums of the whole system",
    ),
    Row("get", "/api/v1/register-template", somewhere(), bare="an empty form"),
    Row(
        "post",
        "/api/v1/places/{place}/register-imports",
        at(COMPOUND),
        body=another_file,
    ),
    Row("get", "/api/v1/places/{place}/register-imports", at(COMPOUND)),
    Row(
        "get",
        "/api/v1/register-imports/{import_id}",
        at(COMPOUND),
        makes=previewed_import,
    ),
    Row(
        "get",
        "/api/v1/register-imports/{import_id}/problems",
        at(COMPOUND),
        makes=previewed_import,
        bare="rows and columns of a file",
    ),
    Row(
        "post",
        "/api/v1/register-imports/{import_id}/confirm",
        at(COMPOUND),
        makes=previewed_import,
        body={"accept_warnings": True},
    ),
    Row(
        "post",
        "/api/v1/register-imports/{import_id}/undo",
        at(COMPOUND),
        makes=applied_import,
    ),
    Row(
        "post",
        "/api/v1/register-imports/{import_id}/discard",
        at(COMPOUND),
        makes=previewed_import,
    ),
    Row(
        "get",
        "/api/v1/places/{place}/unpaid-homes",
        at(UNIT, COMPOUND),
        query={"due": "all"},
    ),
    Row(
        "get",
        "/api/v1/places/{place}/rates",
        at(HOME, UNIT, COMPOUND),
        query=by_unit,
    ),
    Row("get", "/api/v1/audit", somewhere()),
    Row("get", "/api/v1/me/messages", everyone()),
    Row("get", "/api/v1/me/messages/unread", everyone(), bare="a number"),
    Row(
        "post",
        "/api/v1/me/messages/{message_id}/read",
        mine(),
        makes=makers.message,
        silent="a message that was read is no act: services/audit/actions.py",
    ),
    Row("get", "/api/v1/me/message-templates", everyone(), bare="the same texts for all"),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
