"""Rows about money: fees, bills, payments, registers, figures, messages; and the audit."""

from typing import Any

from services.register.sheet.template import template
from tests.matrix import makers, money
from tests.matrix.posts import COMPOUND, HOME, UNIT
from tests.matrix.row import Row
from tests.matrix.rules import at, citywide, everyone, mine, somewhere
from tests.matrix.town import Scene

WHOLE_SYSTEM = "an installation is one city's: its merchants' accounts and books are one"
UNIT_DEPTH = UNIT.count(".")
FEE_RULE = {
    "kind": "property_fee",
    "price": 6000,
    "due_days": 30,
    "account": "firm",
    "payee_name": "安居物业",
}


def new_rule(scene: Scene, _: str) -> dict[str, Any]:
    return {**FEE_RULE, "start_day": f"{money.month(scene)}-01"}


def by_unit(scene: Scene, _: str) -> dict[str, str]:
    """Figures of every unit, of places that are larger than one."""
    return {"by": "unit", "period": "2020-06"} if scene.place.count(".") < UNIT_DEPTH else {}


def another_file(scene: Scene, _: str) -> bytes:
    """A workbook that was not uploaded before."""
    return template() + b"%d" % scene.number


ROWS = (
    Row("get", "/api/v1/places/{place}/fee-rules", at(UNIT, COMPOUND)),
    Row("post", "/api/v1/places/{place}/fee-rules", at(COMPOUND), body=new_rule),
    Row(
        "post",
        "/api/v1/fee-rules/{rule_id}/end",
        at(COMPOUND),
        makes=money.rule,
        body={"end_day": "2026-12-31"},
    ),
    Row("get", "/api/v1/places/{place}/bill-runs", at(COMPOUND)),
    Row(
        "post",
        "/api/v1/places/{place}/bill-runs",
        at(COMPOUND),
        body=lambda scene, _: {"period": money.month(scene)},
    ),
    Row("get", "/api/v1/bill-runs/{run_id}", at(COMPOUND), makes=money.drafted_run),
    Row("get", "/api/v1/bill-runs/{run_id}/bills", at(COMPOUND), makes=money.run_with_bills),
    Row("post", "/api/v1/bill-runs/{run_id}/publish", at(COMPOUND), makes=money.drafted_run),
    Row("post", "/api/v1/bill-runs/{run_id}/cancel", at(COMPOUND), makes=money.drafted_run),
    Row("get", "/api/v1/me/bills", somewhere()),
    Row(
        "post",
        "/api/v1/bills/{bill_id}/void",
        at(HOME),
        makes=money.owing_bill,
        body={"reason": "面积登记有误", "months": "open"},
    ),
    Row("get", "/api/v1/payments", everyone()),
    Row(
        "post",
        "/api/v1/payments",
        at(HOME),
        makes=money.owing_bill,
        body=lambda _, made: {"bill_ids": [made]},
    ),
    Row("get", "/api/v1/payments/{payment_id}", mine(), makes=money.payment),
    Row("get", "/api/v1/payments/{payment_id}/receipt", mine(), makes=money.payment),
    Row("get", "/api/v1/refunds", citywide(), beyond=WHOLE_SYSTEM),
    Row(
        "post",
        "/api/v1/refunds/{refund_id}/retry",
        citywide(),
        makes=money.refund,
        beyond=WHOLE_SYSTEM,
    ),
    Row("get", "/api/v1/discrepancies", citywide(), beyond=WHOLE_SYSTEM),
    Row(
        "post",
        "/api/v1/discrepancies/{discrepancy_id}/return",
        citywide(),
        makes=money.suspended,
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
        makes=money.previewed_import,
    ),
    Row(
        "get",
        "/api/v1/register-imports/{import_id}/problems",
        at(COMPOUND),
        makes=money.previewed_import,
        bare="rows and columns of a file",
    ),
    Row(
        "post",
        "/api/v1/register-imports/{import_id}/confirm",
        at(COMPOUND),
        makes=money.previewed_import,
        body={"accept_warnings": True},
    ),
    Row(
        "post",
        "/api/v1/register-imports/{import_id}/undo",
        at(COMPOUND),
        makes=money.applied_import,
    ),
    Row(
        "post",
        "/api/v1/register-imports/{import_id}/discard",
        at(COMPOUND),
        makes=money.previewed_import,
    ),
    Row("get", "/api/v1/places/{place}/unpaid-homes", at(UNIT, COMPOUND)),
    Row(
        "get",
        "/api/v1/places/{place}/rates",
        at(UNIT, COMPOUND),
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
