"""Confirmations of payouts: a person says which payout a row of money that left is."""

from typing import Any

from services.audit import actions as audit
from services.bank_statements import actions, views
from services.bank_statements.payouts import actions as payouts
from services.bank_statements.payouts import links
from services.bank_statements.payouts.models import ConfirmPayout
from services.bank_statements.transfers.models import BankDirection, BankTransferView, Transfer
from services.bank_statements.transfers.states import TABLE, BankTransferAction
from services.counter_payments.drawers import actions as drawers
from services.dependencies import Dependencies, Transaction
from services.kernel.errors import InvalidInput, NotFound
from services.kernel.permissions import Actor


class OtherAmount(InvalidInput):
    """The row and the payout are not about the same money."""

    code = "other_amount"


async def confirm(
    deps: Dependencies, actor: Actor, transfer: str, wish: ConfirmPayout
) -> BankTransferView:
    """Say which payout a row is.

    Raises NotFound, OtherAmount, OwnHome, OwnPayout, TransferMovedOn.
    """
    row = await actions.access_transfer(deps, actor, transfer)
    chosen = await payouts.find_many(deps, row.account, [wish.payout_id])
    if not chosen:
        raise NotFound("没有找到这笔退款转账")
    [payout] = chosen
    payouts.require_apart(actor, payout)
    if row.direction is BankDirection.IN or payout.amount_fen != row.amount_fen:
        raise OtherAmount("这笔流水和这笔退款的金额不同,请核对")
    await drawers.add_bank(deps, row.account)

    async def work(tx: Transaction) -> Transfer:
        moved = await links.link(deps, tx, row, payout, BankTransferAction.LINK)
        if moved is None:
            raise actions.TransferMovedOn("这笔流水或退款刚刚被处理过,请刷新后再试")
        about: dict[str, Any] = {"place": payout.place, "subject": transfer}
        about |= {"account": moved.account, "amount_fen": moved.amount_fen}
        act = TABLE.act(BankTransferAction.LINK)
        await audit.record(deps, tx, actor, act, **about, payout=payout.id)
        return moved

    [shown] = await views.transfers(deps, [await deps.in_transaction(work)])
    return shown
