"""Progress of an agreement, computed from what its bills owe: a projection, no second book.

Pure functions. What was paid of the bills, whatever of them it was paid for, pays the parts in
the order of their days.
"""

from collections.abc import Sequence

from msgspec import Struct

from services.bills.models import Bill
from services.instalments.models import InstalmentPart, Instalments
from services.kernel.days import Day, plus_days


class Left(Struct, frozen=True):
    """Part of an agreement with what of it is left to pay, in fen."""

    part: InstalmentPart
    owed_fen: int


def left(parts: Sequence[InstalmentPart], paid_fen: int) -> list[Left]:
    """Return what is left of each part once so much is paid."""
    found, rest = [], paid_fen
    for part in parts:
        used = min(max(rest, 0), part.amount_fen)
        found.append(Left(part, part.amount_fen - used))
        rest -= used
    return found


def owed_fen(agreement: Instalments, bills: Sequence[Bill]) -> int:
    """Return what is owed of an agreement: of its bills, but for what notes added since.

    Nobody agreed on when to pay that: it is asked for as any other debt.
    """
    return sum(max(0, bill.owed_fen - _added_fen(agreement, bill)) for bill in bills)


def _added_fen(agreement: Instalments, bill: Bill) -> int:
    since = agreement.offered_at
    return sum(note.fen for note in bill.notes if note.fen > 0 and note.at > since)


def paid_fen(agreement: Instalments, bills: Sequence[Bill]) -> int:
    """Return what is paid of an agreement by now. `bills`: its own."""
    paid = agreement.amount_fen - owed_fen(agreement, bills)
    return min(max(paid, 0), agreement.amount_fen)


def first_left(agreement: Instalments, bills: Sequence[Bill]) -> Left | None:
    """Return the earliest part of which something is left; None for none."""
    found = left(agreement.parts, paid_fen(agreement, bills))
    return next((each for each in found if each.owed_fen), None)


def is_broken(agreement: Instalments, each: Left, today: Day) -> bool:
    """Tell whether the days in which a part may still be paid are over."""
    return today > plus_days(each.part.due_on, agreement.grace_days)


def has_lapsed(agreement: Instalments, bills: Sequence[Bill], today: Day) -> bool:
    """Tell whether one that nobody agreed to or approved is over.

    It is, once the day of the first part that is not paid is: it can no longer be kept as it
    was offered.
    """
    first = first_left(agreement, bills)
    part = first.part if first else agreement.parts[-1]
    return today > part.due_on
