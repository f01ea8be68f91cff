"""Payouts of deposits: given back once, as cash with a signature or by a transfer.

Cash comes out of the drawer of who gives it back, which they may not empty below nothing.
"""

from typing import Any

from pymongo.errors import DuplicateKeyError

from services.counter_payments.actions import VoucherUsed
from services.counter_payments.deliveries import actions as deliveries
from services.counter_payments.drawers import actions as drawers
from services.counter_payments.refunds.actions import NotEnoughCash, require_whole
from services.counter_payments.refunds.models import PayOut, PayoutWay
from services.dependencies import Dependencies, Transaction
from services.deposits import actions, journals, views
from services.deposits.models import SIGNED_BY, Deposit, DepositView
from services.deposits.states import DepositAction
from services.kernel.permissions import Actor, Permission
from services.ledger import actions as ledger
from services.payments.refund_requests import actions as refund_requests

USED = "这个转账凭证号已登记过一笔退款,请核对凭证"


async def pay_out(
    deps: Dependencies, actor: Actor, deposit_id: str, wish: PayOut
) -> DepositView:
    """Give back a deposit whose return was approved, once.

    Raises NotFound, OwnHome, OtherPayee, PayoutIncomplete, NotEnoughCash, DeliveryOpen,
    VoucherUsed, DepositMovedOn.
    """
    found = await actions.access(deps, actor, deposit_id, Permission.REFUND_PAYMENTS)
    require_whole(wish)
    await drawers.add(deps, found.account, actor.person_id)
    changes = _changes(deps, actor, found, wish)

    async def save(tx: Transaction) -> Deposit:
        if wish.way is PayoutWay.CASH:
            await _require_cash(deps, tx, actor, found)
        await _require_new(deps, tx, found, wish)
        moved = await actions.move(deps, tx, actor, found, DepositAction.PAY_OUT, changes)
        await actions.attach(deps, tx, actor, moved, moved.proofs)
        await ledger.post(deps, tx, journals.returned(moved))
        return moved

    try:
        done = await deps.in_transaction(save)
    except DuplicateKeyError:
        raise VoucherUsed(USED) from None
    return await views.view(deps, done)


async def _require_new(
    deps: Dependencies, tx: Transaction, deposit: Deposit, wish: PayOut
) -> None:
    """Raise VoucherUsed for a transfer that gave back what was paid for bills."""
    account, voucher = deposit.account, wish.voucher
    if voucher and await refund_requests.is_voucher_used(deps, tx, account, voucher):
        raise VoucherUsed(USED)


async def _require_cash(
    deps: Dependencies, tx: Transaction, actor: Actor, deposit: Deposit
) -> None:
    """Hold the actor's drawer. Raises DeliveryOpen, NotEnoughCash."""
    in_hand_fen = await drawers.hold(deps, tx, deposit.account, actor.person_id)
    await deliveries.require_none_open(deps, tx, actor, deposit.account)
    if in_hand_fen < deposit.back_fen:
        raise NotEnoughCash("您手头这个收款单位的现金不够退,请由有现金的收费员办理或转账退款")


def _changes(
    deps: Dependencies, actor: Actor, deposit: Deposit, wish: PayOut
) -> dict[str, Any]:
    signed = SIGNED_BY.seal(deps.vault, deposit.id, wish.signed_by) if wish.signed_by else ""
    return {
        "back": wish.way,
        "back_voucher": wish.voucher or "",
        "signed_by_sealed": signed,
        "proofs": list(dict.fromkeys(wish.photo_ids)),
        "paid_out_by": actor.person_id,
        "returned_at": deps.now(),
    }
