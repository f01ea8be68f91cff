"""Refunds by hand in tests: asked for by one of the staff, decided by another."""

from datetime import datetime
from typing import Any, Final

from services.counter_payments import actions as counter_payments
from services.counter_payments.models import CounterWay, TakePayment
from services.counter_payments.refunds import actions as counter_refunds
from services.fees.models import BillKind
from services.kernel.acts import Act
from services.kernel.permissions import Actor, Grant, Role
from services.payments.models import Line, PaymentWay
from services.payments.refund_requests import actions as requests
from services.payments.refund_requests.models import (
    AskRefund,
    RefundDecision,
    RefundRequest,
    RefundRequestView,
)
from services.payments.refund_requests.states import RefundRequestState
from tests.build.cast import ADMIN, COMMUNITY, Estate, appoint
from tests.build.deeds import Ask
from tests.build.payments import paid, pass_time
from tests.build.sign_ins import Member
from tests.build.world import Reply

REASON: Final = "多缴一个月"
YES: Final = {"approve": True, "reason": "已核对缴费记录"}
NO: Final = {"approve": False, "reason": "不符合退款条件"}


async def ask(
    estate: Estate, payment_id: str, who: Member, *, counter: bool = False, **wish: Any
) -> Reply:
    """Ask that money of a payment goes back; all of it, unless `wish` says how much."""
    kind = "counter-payments" if counter else "payments"
    path = f"/api/v1/{kind}/{payment_id}/refund-requests"
    return await estate.world.api.post(path, {"reason": REASON, **wish}, as_=who)


async def decide(estate: Estate, request_id: str, body: dict[str, Any], who: Member) -> Reply:
    path = f"/api/v1/refund-requests/{request_id}/decision"
    return await estate.world.api.post(path, body, as_=who)


async def asked(estate: Estate, payment_id: str, **wish: Any) -> dict[str, Any]:
    """Let staff ask for a refund over HTTP."""
    made = await ask(estate, payment_id, await estate.member("staff"), **wish)
    assert made.status == 201, made.body
    return dict(made.body)


async def approved(estate: Estate, payment_id: str, **wish: Any) -> dict[str, Any]:
    """Let staff ask for a refund and an administrator approve it, over HTTP."""
    made = await asked(estate, payment_id, **wish)
    done = await decide(estate, made["request_id"], YES, await estate.member("admin"))
    assert done.status == 200, done.body
    return dict(done.body)


async def refunded(estate: Estate, **wish: Any) -> tuple[str, dict[str, Any]]:
    """Li pays in WeChat, and it goes back; return the payment, and the request in the end."""
    payment_id = await paid(estate, await estate.member("li"))
    made = await approved(estate, payment_id, **wish)
    await pass_time(estate)
    return payment_id, await shown(estate, made["request_id"])


async def shown(estate: Estate, request_id: str) -> dict[str, Any]:
    """Return a request as staff see it."""
    estate.members.pop("staff", None)
    staff = await estate.member("staff")
    found = await estate.world.api.get(f"/api/v1/refund-requests/{request_id}", as_=staff)
    assert found.status == 200, found.body
    return dict(found.body)


# What one request of each act takes

CLERK: Final = Actor("clerk", "", (Grant(Role.COMMUNITY_STAFF, COMMUNITY),))
WISH: Final = AskRefund(reason=REASON)


async def colleague(estate: Estate) -> None:
    """Somebody else of the community's staff, by this name."""
    phone = "13900000077"
    await appoint(estate.world.deps, Role.COMMUNITY_STAFF, COMMUNITY, phone)
    estate.members["colleague"] = await estate.world.sign_in("colleague", phone)


async def refund_asked(estate: Estate) -> Ask:
    await colleague(estate)
    payment_id = await paid(estate, await estate.member("li"))
    return Ask(f"/api/v1/payments/{payment_id}/refund-requests", {"reason": REASON})


async def refund_waiting(estate: Estate, body: dict[str, Any] = YES) -> Ask:
    """A refund that somebody else asked for, to be decided by staff."""
    payment_id = await paid(estate, await estate.member("li"))
    made = await requests.ask(estate.world.deps, CLERK, payment_id, WISH)
    path = f"/api/v1/refund-requests/{made.request_id}/decision"
    return Ask(path, body, subject=made.request_id)


async def refund_refused(estate: Estate) -> Ask:
    return await refund_waiting(estate, NO)


async def refund_to_pay_out(estate: Estate) -> Ask:
    """A refund of a counter payment that was approved, to be paid out by staff."""
    await colleague(estate)
    made = await counter_refund(estate, await estate.bill_ids("li"))
    path = f"/api/v1/refund-requests/{made.request_id}/payout"
    return Ask(path, {"way": "transfer", "voucher": "T-1"}, subject=made.request_id)


async def counter_refund(estate: Estate, bill_ids: list[str]) -> RefundRequestView:
    """Have bills paid at the counter, and their refund asked for and approved."""
    deps = estate.world.deps
    slip = TakePayment(bill_ids=bill_ids, way=CounterWay.TRANSFER, voucher="B-1")
    taken = await counter_payments.take(deps, CLERK, slip)
    made = await counter_refunds.ask(deps, CLERK, taken.payment_id, WISH)
    yes = RefundDecision(approve=True, reason="已核对")
    return await requests.decide(deps, ADMIN, made.request_id, yes)


# Acts that nobody does at their own home, and who does them where administrators may not.
OTHERS: Final = {Act.REFUND_ASKED: "colleague", Act.REFUND_PAID_OUT: "colleague"}
AT_LI: Final = {
    Act.REFUND_ASKED: refund_asked,
    Act.REFUND_APPROVED: refund_waiting,
    Act.REFUND_REFUSED: refund_refused,
    Act.REFUND_PAID_OUT: refund_to_pay_out,
}


def kept(number: int, *, home: str, compound: str, at: datetime) -> RefundRequest:
    """Return a request as it is kept; those of different numbers differ."""
    line = Line(
        bill_id=f"b{number}",
        home=home,
        kind=BillKind.PROPERTY_FEE,
        period="2026-01",
        explanation="-",
        amount_fen=1234 + number,
    )
    return RefundRequest(
        id=f"r{number}",
        number=f"20260302-{number:010d}",
        payment=f"p{number}",
        way=[*PaymentWay][number % 4],
        journal=f"counter:p{number}",
        compound=compound,
        place=home,
        account="firm" if number % 2 else "sanitation",
        payee_name="物业",
        person="",
        lines=[line],
        amount_fen=line.amount_fen,
        reason=REASON,
        state=[*RefundRequestState][number % 5],
        asked_by="clerk",
        asked_at=at,
    )


# What nobody does for a home of their own.
