"""Settlements of card machines: the slips of a day or several came as one sum, less a fee.

No number is on both sides. A person chooses the days, and only the exact sum is taken. The fee
is shown and not booked, as WeChat's (docs/decisions/69-reconciliation.md).
"""

from collections.abc import Sequence
from typing import Any, Final

from services.audit import actions as audit
from services.bank_statements import actions, bookings, views
from services.bank_statements.card_days.models import SettleCards, SettledDay
from services.bank_statements.transfers import store as transfers_store
from services.bank_statements.transfers.models import BankDirection, BankTransferView, Transfer
from services.bank_statements.transfers.states import TABLE, BankTransferAction
from services.counter_payments.drawers import actions as drawers
from services.dependencies import Dependencies, Transaction
from services.deposits.journals import DEPOSIT
from services.kernel.days import Day, check_day, end_of, start_of
from services.kernel.documents import to_document
from services.kernel.errors import Conflict, InvalidInput
from services.kernel.money import yuan
from services.kernel.permissions import Actor
from services.ledger import actions as ledger
from services.ledger.models import COUNTER_PAYMENT, card_machine, posted

# Foreign cards cost about three in a hundred; more would be a slip that is missing.
MOST_FEE_PERCENT: Final = 5


class UnequalSettlement(InvalidInput):
    """The slips of the days less the fee are not what came."""

    code = "unequal_settlement"


class CardDaySettled(Conflict):
    """Another transfer came for one of the days."""

    code = "card_day_settled"


async def settle(
    deps: Dependencies, actor: Actor, transfer: str, wish: SettleCards
) -> BankTransferView:
    """Say that a transfer is what a card machine took on some days, less a fee.

    Raises NotFound, InvalidInput, UnequalSettlement, CardDaySettled, TransferMovedOn.
    """
    row = await actions.access_transfer(deps, actor, transfer)
    days = sorted({check_day(day) for day in wish.days})
    if row.direction is BankDirection.OUT or days[-1] > row.day or days[-1] >= deps.today():
        raise InvalidInput("刷卡日期应在到账日期当天或之前,且当天已结束")
    settled = [
        SettledDay(day=day, amount_fen=await taken_on(deps, row.account, day)) for day in days
    ]
    _require_equal(row, settled, wish.fee_fen)
    await _require_no_payment(deps, row)
    await drawers.add_bank(deps, row.account)

    async def work(tx: Transaction) -> Transfer:
        await drawers.hold_bank(deps, tx, row.account)
        if await transfers_store.settlements(deps.db, row.account, days, tx=tx):
            raise CardDaySettled("有一天的刷卡款已经核对过,请刷新后再试")
        said: dict[str, Any] = {"settled": [to_document(each) for each in settled]}
        said |= {"fee_fen": wish.fee_fen}
        said |= {"settled_by": actor.person_id, "refusal": ""}
        moved = await actions.move(deps, tx, transfer, BankTransferAction.SETTLE, said)
        about: dict[str, Any] = {"place": audit.NOWHERE, "subject": transfer, "days": days}
        about |= {"account": moved.account, "amount_fen": moved.amount_fen}
        act = TABLE.act(BankTransferAction.SETTLE)
        await audit.record(deps, tx, actor, act, **about, fee_fen=wish.fee_fen)
        return moved

    [shown] = await views.transfers(deps, [await deps.in_transaction(work)])
    return shown


async def _require_no_payment(deps: Dependencies, row: Transfer) -> None:
    """Raise TransferMovedOn for money that was booked by its number: it would count twice."""
    if await bookings.money_of(deps, [row.id]):
        raise actions.TransferMovedOn("这笔到账已按流水号登记过,请刷新后再试")


def _require_equal(row: Transfer, settled: Sequence[SettledDay], fee_fen: int) -> None:
    took_fen = sum(each.amount_fen for each in settled)
    if not all(each.amount_fen for each in settled):
        raise InvalidInput("有一天没有刷卡收款")
    if fee_fen * 100 > took_fen * MOST_FEE_PERCENT:
        raise UnequalSettlement(f"手续费超过刷卡款的{MOST_FEE_PERCENT}%,请核对")
    if took_fen - fee_fen != row.amount_fen:
        raise UnequalSettlement(
            f"刷卡款{yuan(took_fen)}元减手续费{yuan(fee_fen)}元,与到账{yuan(row.amount_fen)}元不符"
        )


async def taken_on(deps: Dependencies, account: str, day: Day) -> int:
    """Return what a card machine took on a day by the books, in fen."""
    machine, kinds = card_machine(account), [COUNTER_PAYMENT, DEPOSIT]
    booked = ledger.of_account(deps, machine, kinds, start_of(day), end_of(day))
    return sum([posted(journal, machine) async for journal in booked])


async def settlement_of(deps: Dependencies, account: str, day: Day) -> Transfer | None:
    """Return the transfer that came for a day, if one did."""
    return next(iter(await transfers_store.settlements(deps.db, account, [day])), None)
