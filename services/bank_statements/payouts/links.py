"""Links of rows of money that left with the payouts that they are.

A row whose number somebody entered with a payout of the same amount is that payout. Any other
is shown with payouts of the amount and of about the day, of which a person confirms one.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from services.bank_statements.payouts import actions as payouts
from services.bank_statements.payouts.models import Payout
from services.bank_statements.transfers import store as transfers_store
from services.bank_statements.transfers.models import BankDirection, Transfer, TransferFit
from services.bank_statements.transfers.states import (
    WAITING,
    BankTransferAction,
    BankTransferState,
)
from services.counter_payments.drawers import actions as drawers
from services.dependencies import Dependencies, Transaction
from services.kernel import vouchers
from services.kernel.days import day_of, days_apart, end_of, plus_days, start_of

# A payout is entered when the bank took it, or some days before or after.
ABOUT_DAYS: Final = 7
MOST_CANDIDATES: Final = 5


async def find(deps: Dependencies, account: str, rows: Sequence[Transfer]) -> None:
    """Link those of some rows of an account whose number and amount a payout has."""
    waiting = {
        each.number_key: each
        for each in rows
        if each.direction is BankDirection.OUT and each.state in WAITING
    }
    for payout in await payouts.of_numbers(deps, account, [*waiting]):
        row = waiting.get(vouchers.key(payout.voucher))
        if row is not None and row.amount_fen == payout.amount_fen:
            await drawers.add_bank(deps, account)
            await _find_one(deps, row, payout)


async def _find_one(deps: Dependencies, row: Transfer, payout: Payout) -> None:
    action = BankTransferAction.FIND

    async def work(tx: Transaction) -> None:
        await link(deps, tx, row, payout, action)

    await deps.in_transaction(work)


async def link(
    deps: Dependencies,
    tx: Transaction,
    row: Transfer,
    payout: Payout,
    action: BankTransferAction,
) -> Transfer | None:
    """Say which payout a row is; None when one of the two has moved on.

    Whoever links something of an account holds it: a payout is one row.
    """
    await drawers.hold_bank(deps, tx, row.account)
    if await transfers_store.of_payouts(deps.db, [payout.id], tx=tx):
        return None
    known = {"payment": payout.id, "fit": TransferFit.BOOKED, "refusal": ""}
    return await transfers_store.move(deps.db, row.id, action, known, tx=tx)


async def candidates(deps: Dependencies, rows: Sequence[Transfer]) -> dict[str, list[Payout]]:
    """Return row → payouts that it may be, of those of some rows that nobody knows yet."""
    is_open = BankTransferState.OPEN
    unknown = [e for e in rows if e.direction is BankDirection.OUT and e.state is is_open]
    by_account: dict[str, list[Transfer]] = defaultdict(list)
    for each in unknown:
        by_account[each.account].append(each)
    found: dict[str, list[Payout]] = {}
    for account, own in by_account.items():
        free = await _free(deps, account, own)
        found |= {row.id: _fitting(row, free) for row in own}
    return found


async def _free(deps: Dependencies, account: str, rows: Sequence[Transfer]) -> list[Payout]:
    """Return the payouts of about the days of some rows that are no row yet."""
    days = [each.day for each in rows]
    start = start_of(plus_days(min(days), -ABOUT_DAYS))
    end = end_of(plus_days(max(days), ABOUT_DAYS))
    there = await payouts.of_span(deps, account, start, end)
    known = await transfers_store.of_payouts(deps.db, [each.id for each in there])
    return [each for each in there if each.id not in known]


def _fitting(row: Transfer, free: Sequence[Payout]) -> list[Payout]:
    """Return the payouts of a row's amount, those of the nearest days first."""
    apart = {each.id: abs(days_apart(row.day, day_of(each.at))) for each in free}
    fitting = [
        each
        for each in free
        if each.amount_fen == row.amount_fen and apart[each.id] <= ABOUT_DAYS
    ]
    return sorted(fitting, key=lambda each: (apart[each.id], each.id))[:MOST_CANDIDATES]
