"""Actions on refunds at the counter: asked for like any other, paid out with a signature.

Cash comes out of the drawer of who gives it back, which it may not empty below nothing, and who
gets it signs; a transfer has the number of its voucher, which is used once.
"""

from pymongo.errors import DuplicateKeyError

from services.bills import actions as bills_actions
from services.counter_payments import payouts
from services.counter_payments import store as counter_payments_store
from services.counter_payments.models import CounterPayment
from services.counter_payments.refunds.models import PayOut
from services.dependencies import Dependencies, Transaction
from services.kernel.access import accessible
from services.kernel.permissions import Actor, Permission
from services.ledger import actions as ledger
from services.ledger.models import (
    COUNTER_PAYMENT,
    COUNTER_REFUND,
    Journal,
    Posting,
    receivable,
)
from services.payments.models import PaymentWay, bills_of
from services.payments.refund_requests import actions as requests
from services.payments.refund_requests import returns
from services.payments.refund_requests.models import (
    SIGNED_BY,
    AskRefund,
    Refundable,
    RefundRequest,
    RefundRequestView,
)
from services.payments.refund_requests.refusals import RefundByWeChat
from services.payments.refund_requests.states import TABLE, RefundRequestAction


async def ask(
    deps: Dependencies, actor: Actor, payment_id: str, wish: AskRefund
) -> RefundRequestView:
    """Ask that money of a counter payment goes back. Raises NotFound, and as `propose`."""
    payment = accessible(
        actor,
        await counter_payments_store.find(deps.db, payment_id),
        Permission.REFUND_PAYMENTS,
        at=lambda found: found.place,
        missing="没有找到这笔线下缴费",
    )
    return await requests.propose(deps, actor, _refundable(payment), wish)


def _refundable(payment: CounterPayment) -> Refundable:
    return Refundable(
        payment=payment.id,
        way=PaymentWay(payment.way),
        journal=f"counter:{payment.id}",
        account=payment.account,
        payee_name=payment.payee_name,
        person="",
        place=payment.place,
        lines=bills_of(payment.lines),
        paid_at=payment.paid_at,
    )


async def pay_out(
    deps: Dependencies, actor: Actor, request_id: str, wish: PayOut
) -> RefundRequestView:
    """Give back the money of an approved request, once.

    Raises NotFound, OwnHome, OtherPayee, RefundByWeChat, PayoutIncomplete, NotEnoughCash,
    DeliveryOpen, VoucherUsed, RefundMovedOn.
    """
    by = TABLE.needs(RefundRequestAction.PAY_OUT)
    found, bills = await requests.access(deps, actor, request_id, by=by)
    if found.way is PaymentWay.WECHAT:
        raise RefundByWeChat("微信缴的费原路退回,不在线下退款")
    payouts.require_whole(wish)
    await payouts.begin(deps, actor, found.account)

    async def save(tx: Transaction) -> RefundRequest:
        await bills_actions.require_no_debtors(deps, tx, actor, bills)
        await payouts.require(deps, tx, actor, found, wish)
        return await _book(deps, tx, actor, found, wish)

    try:
        done = await deps.in_transaction(save)
    except DuplicateKeyError:  # the voucher was used, or the receipt reversed, at this moment
        done = await deps.in_transaction(save)
    return await requests.shown(deps, done)


async def _book(
    deps: Dependencies, tx: Transaction, actor: Actor, found: RefundRequest, wish: PayOut
) -> RefundRequest:
    """Write request, journal, receipt and audit row, and what the bills owe, in one go."""
    action = RefundRequestAction.PAY_OUT
    changes = payouts.changes(deps, actor, found, wish, SIGNED_BY)
    moved = await requests.move(deps, tx, found.id, action, **changes)
    await requests.attach(deps, tx, actor, moved, moved.proofs)
    payment = await counter_payments_store.get(deps.db, tx, moved.payment)
    await returns.take_back(deps, tx, moved, payment, refund_id=moved.number)
    await ledger.post(deps, tx, _journal(deps, moved))
    await requests.record(deps, tx, actor, TABLE.act(action), moved)
    return moved


def _journal(deps: Dependencies, request: RefundRequest) -> Journal:
    taken = [Posting(receivable(line.bill_id), line.amount_fen) for line in request.lines]
    names = {"request": request.id, "number": request.number, "voucher": request.voucher}
    return Journal(
        id=f"counter-refund:{request.id}",
        kind=COUNTER_REFUND,
        place=request.compound,
        at=deps.now(),
        postings=[*taken, Posting(payouts.source_of(request), -request.amount_fen)],
        reference={COUNTER_PAYMENT: request.payment, **names},
    )
