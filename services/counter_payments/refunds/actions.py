"""Actions on refunds at the counter: asked for like any other, paid out with a signature.

Cash comes out of the drawer of who gives it back, which it may not empty below nothing, and who
gets it signs; a transfer has the number of its voucher, which is used once.
"""

from typing import Any

from pymongo.errors import DuplicateKeyError

from services.counter_payments import store as counter_payments_store
from services.counter_payments.actions import VoucherUsed
from services.counter_payments.deliveries import actions as deliveries
from services.counter_payments.drawers import actions as drawers
from services.counter_payments.models import CounterPayment
from services.counter_payments.refunds.models import PayOut, PayoutWay
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.documents import digest_id
from services.kernel.permissions import Actor, Permission
from services.ledger import actions as ledger
from services.ledger.models import (
    COUNTER_PAYMENT,
    COUNTER_REFUND,
    Journal,
    Posting,
    bank,
    cash_in_hand,
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


class NotEnoughCash(errors.Conflict):
    """The actor holds less of the payee's cash than is to be given back."""

    code = "not_enough_cash"


class PayoutIncomplete(errors.InvalidInput):
    """Cash has a signature and a photo of it, a transfer the number of its voucher."""

    code = "payout_incomplete"


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
    require_whole(wish)
    await drawers.add(deps, found.account, actor.person_id)

    async def save(tx: Transaction) -> RefundRequest:
        await requests.require_apart(deps, tx, actor, bills)
        if wish.way is PayoutWay.CASH:
            await _require_cash(deps, tx, actor, found)
        await _require_new(deps, tx, found, wish)
        return await _book(deps, tx, actor, found, wish)

    try:
        done = await deps.in_transaction(save)
    except DuplicateKeyError:  # the voucher was used, or the receipt reversed, at this moment
        done = await deps.in_transaction(save)
    return await requests.shown(deps, done)


def require_whole(wish: PayOut) -> None:
    """Raise PayoutIncomplete for money of which nothing would prove who got it."""
    is_cash = wish.way is PayoutWay.CASH
    if is_cash and not (wish.signed_by and wish.photo_ids):
        raise PayoutIncomplete("退现金请填写领款人签名,并上传签收单照片")
    if not is_cash and not wish.voucher:
        raise PayoutIncomplete("转账退款请填写转账凭证号")
    if (wish.voucher if is_cash else wish.signed_by) is not None:
        raise PayoutIncomplete("退现金不填转账凭证号,转账退款不填领款人签名")


async def _require_cash(
    deps: Dependencies, tx: Transaction, actor: Actor, request: RefundRequest
) -> None:
    """Hold the actor's drawer. Raises DeliveryOpen, NotEnoughCash."""
    in_hand_fen = await drawers.hold(deps, tx, request.account, actor.person_id)
    await deliveries.require_none_open(deps, tx, actor, request.account)
    if in_hand_fen < request.amount_fen:
        raise NotEnoughCash("您手头这个收款单位的现金不够退,请由有现金的收费员办理或转账退款")


async def _require_new(
    deps: Dependencies, tx: Transaction, request: RefundRequest, wish: PayOut
) -> None:
    """Raise VoucherUsed for a transfer that gave back other money."""
    if not wish.voucher:
        return
    account, voucher = request.account, wish.voucher
    of_deposits = [deposit_return_id(account, voucher)]
    used = await requests.is_voucher_used(deps, tx, account, voucher, but=request.id)
    if used or await ledger.find_many(deps, of_deposits):
        raise VoucherUsed("这个转账凭证号已登记过一笔退款,请核对凭证")


def deposit_return_id(account: str, voucher: str) -> str:
    """Name the journal of a transfer that gives back a deposit."""
    return f"deposit-return:{digest_id('deposit-return', account, voucher)}"


async def _book(
    deps: Dependencies, tx: Transaction, actor: Actor, found: RefundRequest, wish: PayOut
) -> RefundRequest:
    """Write request, journal, receipt and audit row, and what the bills owe, in one go."""
    action, changes = RefundRequestAction.PAY_OUT, _changes(deps, actor, found, wish)
    moved = await requests.move(deps, tx, found.id, action, **changes)
    await requests.attach(deps, tx, actor, moved, moved.proofs)
    payment = await counter_payments_store.get(deps.db, tx, moved.payment)
    await returns.take_back(deps, tx, moved, payment, refund_id=moved.number)
    await ledger.post(deps, tx, _journal(deps, moved))
    await requests.record(deps, tx, actor, TABLE.act(action), moved)
    return moved


def _changes(
    deps: Dependencies, actor: Actor, request: RefundRequest, wish: PayOut
) -> dict[str, Any]:
    signed = SIGNED_BY.seal(deps.vault, request.id, wish.signed_by) if wish.signed_by else ""
    return {
        "back": PaymentWay(wish.way),
        "voucher": wish.voucher or "",
        "signed_by_sealed": signed,
        "proofs": list(dict.fromkeys(wish.photo_ids)),
        "paid_out_by": actor.person_id,
        "finished_at": deps.now(),
    }


def _journal(deps: Dependencies, request: RefundRequest) -> Journal:
    is_cash = request.back is PaymentWay.CASH
    account = request.account
    source = cash_in_hand(account, request.paid_out_by) if is_cash else bank(account)
    taken = [Posting(receivable(line.bill_id), line.amount_fen) for line in request.lines]
    names = {"request": request.id, "number": request.number, "voucher": request.voucher}
    return Journal(
        id=f"counter-refund:{request.id}",
        kind=COUNTER_REFUND,
        place=request.compound,
        at=deps.now(),
        postings=[*taken, Posting(source, -request.amount_fen)],
        reference={COUNTER_PAYMENT: request.payment, **names},
    )
