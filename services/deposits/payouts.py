"""Payouts of deposits: given back once, as cash with a signature or by a transfer.

Cash comes out of the drawer of who gives it back, which they may not empty below nothing.
"""

from typing import Any

from pymongo.errors import DuplicateKeyError

from services.counter_payments import payouts
from services.counter_payments.actions import VoucherUsed
from services.counter_payments.refunds.models import PayOut
from services.dependencies import Dependencies, Transaction
from services.deposits import actions, journals, views
from services.deposits.models import SIGNED_BY, Deposit, DepositView
from services.deposits.states import DepositAction
from services.kernel.permissions import Actor, Permission
from services.kernel.vouchers import key
from services.ledger import actions as ledger


async def pay_out(
    deps: Dependencies, actor: Actor, deposit_id: str, wish: PayOut
) -> DepositView:
    """Give back a deposit whose return was approved, once.

    Raises NotFound, OwnHome, OtherPayee, PayoutIncomplete, NotEnoughCash, DeliveryOpen,
    VoucherUsed, DepositMovedOn.
    """
    found = await actions.access(deps, actor, deposit_id, Permission.REFUND_PAYMENTS)
    payouts.require_whole(wish)
    await payouts.begin(deps, actor, found.account)
    money = payouts.ToPayOut(found.id, found.account, found.back_fen)
    changes = _changes(deps, actor, found, wish)

    async def save(tx: Transaction) -> Deposit:
        await payouts.require(deps, tx, actor, money, wish)
        moved = await actions.move(deps, tx, actor, found, DepositAction.PAY_OUT, changes)
        await actions.attach(deps, tx, actor, moved, moved.proofs)
        await ledger.post(deps, tx, journals.returned(moved))
        return moved

    try:
        done = await deps.in_transaction(save)
    except DuplicateKeyError:  # another deposit was given back by this transfer meanwhile
        raise VoucherUsed("这个转账凭证号已登记过一笔退款,请核对凭证") from None
    return await views.view(deps, done)


def _changes(
    deps: Dependencies, actor: Actor, deposit: Deposit, wish: PayOut
) -> dict[str, Any]:
    signed = SIGNED_BY.seal(deps.vault, deposit.id, wish.signed_by) if wish.signed_by else ""
    return {
        "back": wish.way,
        "back_voucher": wish.voucher or "",
        "back_voucher_key": key(wish.voucher or ""),
        "signed_by_sealed": signed,
        "proofs": list(dict.fromkeys(wish.photo_ids)),
        "paid_out_by": actor.person_id,
        "returned_at": deps.now(),
    }
