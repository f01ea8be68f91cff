"""Payouts: money leaves a payee's drawer or bank account by somebody's hand, proved and once.

Cash comes out of the drawer of who gives it back, which it may not empty below nothing, and who
gets it signs. A transfer has the number of its voucher, used once for each payee, whatever was
given back by it: looking and using are one, because each holds the bank account.
"""

from typing import Any, NamedTuple

from services.counter_payments.actions import VoucherUsed
from services.counter_payments.deliveries import actions as deliveries
from services.counter_payments.drawers import actions as drawers
from services.counter_payments.refunds.models import PayOut, PayoutWay
from services.counter_payments.vouchers import actions as vouchers
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.documents import digest_id
from services.kernel.permissions import Actor
from services.kernel.vault import Sealed
from services.kernel.vouchers import key
from services.ledger.models import bank, cash_in_hand
from services.payments.models import PaymentWay
from services.payments.prepayment_returns import actions as prepayment_returns
from services.payments.prepayment_returns.models import PrepaymentReturn
from services.payments.refund_requests import actions as requests
from services.payments.refund_requests.models import RefundRequest

PaidOut = RefundRequest | PrepaymentReturn


class ToPayOut(NamedTuple):
    """Money of a payee that is about to be handed out. `id`: of what it is for."""

    id: str
    account: str
    amount_fen: int


class NotEnoughCash(errors.Conflict):
    """The actor holds less of the payee's cash than is to be given back."""

    code = "not_enough_cash"


class PayoutIncomplete(errors.InvalidInput):
    """Cash has a signature and a photo of it, a transfer the number of its voucher."""

    code = "payout_incomplete"


def require_whole(wish: PayOut) -> None:
    """Raise PayoutIncomplete for money of which nothing would prove who got it."""
    is_cash = wish.way is PayoutWay.CASH
    if is_cash and not (wish.signed_by and wish.photo_ids):
        raise PayoutIncomplete("退现金请填写领款人签名,并上传签收单照片")
    if not is_cash and not wish.voucher:
        raise PayoutIncomplete("转账退款请填写转账凭证号")
    if (wish.voucher if is_cash else wish.signed_by) is not None:
        raise PayoutIncomplete("退现金不填转账凭证号,转账退款不填领款人签名")


async def begin(deps: Dependencies, actor: Actor, account: str) -> None:
    """Make sure that what a payout holds is there, before its transaction."""
    await drawers.add(deps, account, actor.person_id)
    await drawers.add_bank(deps, account)


async def require(
    deps: Dependencies, tx: Transaction, actor: Actor, paid: PaidOut | ToPayOut, wish: PayOut
) -> None:
    """Hold what the money comes out of.

    Raises DeliveryOpen, NotEnoughCash, VoucherUsed.
    """
    if wish.way is PayoutWay.CASH:
        await _require_cash(deps, tx, actor, paid)
    else:
        await _require_new(deps, tx, paid, wish.voucher or "")


async def _require_cash(
    deps: Dependencies, tx: Transaction, actor: Actor, paid: PaidOut | ToPayOut
) -> None:
    in_hand_fen = await drawers.hold(deps, tx, paid.account, actor.person_id)
    await deliveries.require_none_open(deps, tx, actor, paid.account)
    if in_hand_fen < paid.amount_fen:
        raise NotEnoughCash("您手头这个收款单位的现金不够退,请由有现金的收费员办理或转账退款")


async def _require_new(
    deps: Dependencies, tx: Transaction, paid: PaidOut | ToPayOut, voucher: str
) -> None:
    await drawers.hold_bank(deps, tx, paid.account)
    used = await vouchers.gives_a_deposit_back(deps, tx, paid.account, voucher)
    for is_used in (requests.is_voucher_used, prepayment_returns.is_voucher_used):
        used = used or await is_used(deps, tx, paid.account, voucher, but=paid.id)
    if used:
        raise VoucherUsed("这个转账凭证号已登记过一笔退款,请核对凭证")


def deposit_return_id(account: str, voucher: str) -> str:
    """Name the journal of a transfer that gives back a deposit."""
    return f"deposit-return:{digest_id('deposit-return', account, voucher)}"


def changes(
    deps: Dependencies, actor: Actor, paid: PaidOut, wish: PayOut, signed_by: Sealed
) -> dict[str, Any]:
    """Return what a payout writes into what it pays. `signed_by`: the field of the signer."""
    signed = signed_by.seal(deps.vault, paid.id, wish.signed_by) if wish.signed_by else ""
    return {
        "back": PaymentWay(wish.way),
        "voucher": wish.voucher or "",
        "voucher_key": key(wish.voucher or ""),
        "signed_by_sealed": signed,
        "proofs": list(dict.fromkeys(wish.photo_ids)),
        "paid_out_by": actor.person_id,
        "finished_at": deps.now(),
    }


def source_of(paid: PaidOut) -> str:
    """Return the account of the ledger that the money came out of."""
    is_cash = paid.back is PaymentWay.CASH
    return cash_in_hand(paid.account, paid.paid_out_by) if is_cash else bank(paid.account)
