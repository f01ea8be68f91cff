"""Balances of bills: what payments, what goes back, and notes make of what is owed.

Pure functions. Each returns the bill as it is afterwards; `store.rebalance` writes it if nobody
changed it meanwhile. The journals are the truth, and a bill their projection: proofs.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from services.bills import due_days
from services.bills.models import Bill, Noted, Portion
from services.bills.states import BillAction, BillState

# What somebody paid for bills: bill id → fen.
Amounts = Mapping[str, int]

# What becomes of the state of a bill when all of it is paid, or some of it is owed again.
ACTIONS: Final = {
    (BillState.OWING, BillState.PAID): BillAction.SETTLE,
    (BillState.PAID, BillState.OWING): BillAction.REOPEN,
}


def paid(bill: Bill, journal: str, fen: int, at: datetime) -> Bill:
    """Return a bill of which a payment paid so much; not more than is owed of it."""
    portion = Portion(journal=journal, fen=min(fen, bill.owed_fen), at=at)
    return _with(bill, due_fen=bill.due_fen, paid=[*bill.paid, portion], at=at)


def given_back(bill: Bill, journal: str, fen: int) -> Bill:
    """Return a bill of whose portion by a payment so much, or all there is, went back."""
    left = [
        msgspec.structs.replace(portion, fen=portion.fen - min(fen, portion.fen))
        if portion.journal == journal
        else portion
        for portion in bill.paid
    ]
    kept = [portion for portion in left if portion.fen]
    return _with(bill, due_fen=bill.due_fen, paid=kept, at=bill.paid_at)


def noted(bill: Bill, note: Noted) -> Bill:
    """Return a bill with one more note: what is due of it, and until when."""
    after = _with(bill, due_fen=bill.due_fen + note.fen, paid=bill.paid, at=note.at)
    due_on = due_days.after_note(bill, note)
    return msgspec.structs.replace(after, notes=[*bill.notes, note], due_on=due_on)


def _with(bill: Bill, *, due_fen: int, paid: list[Portion], at: datetime | None) -> Bill:
    owed_fen = due_fen - sum(portion.fen for portion in paid)
    state = BillState.OWING if owed_fen else BillState.PAID
    return msgspec.structs.replace(
        bill,
        due_fen=due_fen,
        owed_fen=owed_fen,
        paid=paid,
        state=state,
        paid_at=None if owed_fen else at,
    )


def portion_of(bill: Bill, journal: str) -> int:
    """Return what of a bill a payment paid, less what of it went back, in fen."""
    return sum(portion.fen for portion in bill.paid if portion.journal == journal)


def taken(bills: Sequence[Bill], amounts: Amounts) -> dict[str, int]:
    """Return bill id → what it takes of an amount paid for it: not more than it owes."""
    owing = [bill for bill in bills if bill.state is BillState.OWING]
    return {bill.id: min(amounts[bill.id], bill.owed_fen) for bill in owing}
