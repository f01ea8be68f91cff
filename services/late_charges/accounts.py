"""Account of what was owed of a bill day by day, read off the bill and its journals."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from services.bills.due_days import NOTICE_DAYS
from services.bills.models import Bill, NoteKind
from services.kernel.days import Day, day_of, last_day, plus_days
from services.ledger.models import PAYMENTS, Journal, payment_of, posted, receivable

# Journals of a bill that move no money: what it was billed, and what notes make of it.
NO_MONEY = frozenset({"issue", "note", "void"})


def first_day(bill: Bill) -> Day:
    """Return the first day that a bill is for."""
    return bill.from_day or f"{bill.period}-01"


def last_day_of(bill: Bill) -> Day:
    """Return the last day that a bill is for."""
    return bill.to_day or last_day(bill.last_month)


def changes_of(
    bill: Bill, journals: Sequence[Journal], paid_at: Mapping[str, datetime]
) -> Counter[Day]:
    """Return day → by how much more was owed of a bill since; below 0 for less.

    `paid_at`: payment of which something went back → when it was paid, as its receipt says.
    A credit note says that it was never owed. What a debit note adds is owed at once and late
    only once there was time to pay it. A write-off gives up what was owed until then.
    """
    begin = first_day(bill)
    found = Counter({begin: bill.amount_fen})
    for note in bill.notes:
        day = day_of(note.at)
        match note.kind:
            case NoteKind.CREDIT:
                found[begin] += note.fen
            case NoteKind.DEBIT:
                found[plus_days(day, NOTICE_DAYS + 1)] += note.fen
            case NoteKind.WRITE_OFF:
                found[day] += note.fen
    found.update(_money(bill, journals, paid_at))
    return found


def _money(
    bill: Bill, journals: Sequence[Journal], paid_at: Mapping[str, datetime]
) -> Counter[Day]:
    """Return day → by how much money that came in, or went back, changed what was owed.

    A portion says when it was paid and only what of it stayed; the journals say what it was and
    when some of it went back. Where all of it did, no portion is left, and the journal says
    when it was booked, which may be days after it was paid.
    """
    found: Counter[Day] = Counter()
    kept = {portion.journal: portion for portion in bill.paid}
    for journal in journals:
        moved = posted(journal, receivable(bill.id))
        if journal.kind not in NO_MONEY and moved:
            portion = kept.pop(journal.id, None)
            found[day_of(portion.at if portion else _at(journal, paid_at))] += moved
    for portion in kept.values():  # booked since the journals were read
        found[day_of(portion.at)] -= portion.fen
    return found


def _at(journal: Journal, paid_at: Mapping[str, datetime]) -> datetime:
    """Return when the money of a journal was paid, or went back."""
    is_payment = journal.kind in PAYMENTS
    return paid_at.get(payment_of(journal), journal.at) if is_payment else journal.at
