"""Tenure: the days on which the same household of owners holds a home, from sale to sale.

What a home is charged is owed by who owned it then (民法典 art. 944): who buys it later neither
owes nor sees what was charged before (docs/decisions/59-debtors.md). Owners whose days overlap
are one household. The first one's tenure has no beginning: the register says who owns a home
when it is written, and not since when. Days between two tenures are nobody's that is known.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from services.kernel.days import Day, plus_days
from services.residencies.models import OWNERS, Relation, Residency

BEGINNING: Final[Day] = ""  # sorts before every day


class Tenure(Struct, frozen=True, kw_only=True):
    """Days of one household of owners, both included; `last`: None while they own the home."""

    first: Day
    last: Day | None

    def has(self, day: Day) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


class Household(Struct, frozen=True):
    """Tenure with all who owned the home in it, the first ones first."""

    tenure: Tenure
    owners: Sequence[Residency]


def households(rows: Iterable[Residency]) -> list[Household]:
    """Return the tenures of one home with their owners."""
    owners = sorted(_owners(rows), key=lambda row: (row.from_day, row.id))
    return [
        Household(tenure, [row for row in owners if tenure.has(row.from_day)])
        for tenure in of(owners)
    ]


def debtors(rows: Sequence[Residency], day: Day) -> list[Residency]:
    """Return who owes what a home is charged for a day: its owners of then, all who joined.

    And whoever rented it then and owes the fees by contract. Nobody where nobody is known.
    """
    owning = [each.owners for each in households(rows) if each.tenure.has(day)]
    renting = [row for row in rows if row.pays_fees and _lived_there(row, day)]
    return [*(owner for owners in owning for owner in owners), *renting]


def holders(rows: Sequence[Residency], day: Day) -> list[Residency]:
    """Return whose money kept for a home is, from a day on: debtors who had not left before."""
    return [row for row in debtors(rows, day) if row.to_day is None or day <= row.to_day]


def _lived_there(row: Residency, day: Day) -> bool:
    return row.from_day <= day and (row.to_day is None or day <= row.to_day)


def _owners(rows: Iterable[Residency]) -> list[Residency]:
    """Return the owners among residents, but for those who never were: written by mistake."""
    owners = [row for row in rows if row.relation in OWNERS]
    return [row for row in owners if row.to_day is None or row.from_day <= row.to_day]


def of(rows: Iterable[Residency]) -> list[Tenure]:
    """Return the tenures of one home, the first one first, by all rows it ever had."""
    found: list[Tenure] = []
    for row in sorted(_owners(rows), key=lambda row: row.from_day):
        before = found[-1] if found else None
        if before is None:
            found.append(Tenure(first=BEGINNING, last=row.to_day))
        elif before.last is not None and before.last < row.from_day:
            found.append(Tenure(first=row.from_day, last=row.to_day))
        else:
            days = (before.last, row.to_day)
            last = None if None in days else max(filter(None, days))
            found[-1] = Tenure(first=before.first, last=last)
    return found


def disclosed_since(row: Residency, found: Sequence[Household]) -> Day | None:
    """Return since when a later owner may see what those before owe, by their consent.

    Each household in between consents for itself, by any of its owners.
    """
    number = next((n for n, each in enumerate(found) if row in each.owners), 0)
    since = None
    for before in reversed(found[:number]):
        if not any(owner.discloses for owner in before.owners):
            break
        since = before.tenure.first
    return since


def turns(tenures: Sequence[Tenure]) -> list[Day]:
    """Return the first days on which a home has other owners, or for a time none that is known.

    An end that nobody followed yet is none: what is owed waits for who comes.
    """
    ends = {plus_days(each.last, 1) for each in tenures[:-1] if each.last is not None}
    return sorted({each.first for each in tenures if each.first} | ends)


def owes_since(row: Residency, tenures: Sequence[Tenure]) -> Day:
    """Return the first day whose charges are those of a resident's household.

    A tenant's are those since they moved in.
    """
    if row.relation is Relation.TENANT:
        return row.from_day
    return max((t.first for t in tenures if t.first <= row.from_day), default=BEGINNING)
