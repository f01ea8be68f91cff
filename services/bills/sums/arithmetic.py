"""Arithmetic of the kept sums of bills: what bills come to, and the figures of some months.

Pure functions. A sum is kept by the month of the bills, so that of a span only its months are
read. Homes cannot be added up so, since one that was billed in May and in June is one home of
both. Each month therefore knows of its homes how many months before they were billed the last
time: of a span from May on, June adds those that had no bill in May. So is it for what is owed;
and a home that was billed and owes nothing has paid.

Cells of a month: `KIND|due`, `KIND|received`; `SET|billed|GAP` and `SET|unpaid|GAP` in homes,
where a set is one fee or all of them; `KIND|owing`, what is owed that became arrears after this
month; `KIND|late|MONTH`, what was paid in this month of what became arrears after an earlier
one. Cells of no month: `KIND|owing`, all of it; `KIND|homes|MONTH`, homes billed.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from services.bills.models import Bill
from services.bills.states import BillState
from services.fees.models import FeeKind
from services.kernel.days import Day, Month, month_of, months_between, months_from, plus_months
from services.kernel.measures import Span
from services.kernel.sums import EVER, WHOLE, Cell, Cells, difference

LONGEST: Final = 12  # months of a span; a gap of so many is as good as any longer one
ALL: Final = "all"
FEES: Final = frozenset(FeeKind)
Months = Counter[tuple[str, str, Month]]  # (fee, "billed" or "unpaid", month) → bills


class Window(Struct, frozen=True):
    """Months of which homes are counted.

    `is_span`: a home of several of them is one; else those billed are counted for each month.
    """

    first: Month
    last: Month
    is_span: bool = True

    def of(self, moved: Months) -> Months:
        """Return what of it moved that changes what is counted."""
        return Counter(
            {
                (kind, what, month): count
                for (kind, what, month), count in moved.items()
                if self.first <= month <= self.last and (self.is_span or what == "billed")
            }
        )


EVERYTHING: Final = Window("", EVER)


class Fee(Struct, frozen=True, kw_only=True):
    """What of a bill is summed. `paid`: (month, fen) of each payment of some of it."""

    home: str
    kind: str
    period: Month
    due_on: Day | None = None
    due_fen: int
    paid: tuple[tuple[Month, int], ...] = ()

    @property
    def owed_fen(self) -> int:
        """What is left to pay of it, in fen."""
        return self.due_fen - sum(fen for _, fen in self.paid)

    @property
    def arrears_after(self) -> Month | None:
        """The month after which what is owed of it is arrears; None: never."""
        return max(self.period, self.due_on[:7]) if self.due_on else None


def fees(bills: Iterable[Bill]) -> list[Fee]:
    """Return those of the bills that are summed: of fees, owed or paid."""
    counted = {BillState.OWING, BillState.PAID}
    return [
        Fee(
            home=bill.home,
            kind=bill.kind.value,
            period=bill.period,
            due_on=bill.due_on,
            due_fen=bill.due_fen,
            paid=tuple((month_of(portion.at), portion.fen) for portion in bill.paid),
        )
        for bill in bills
        if bill.kind.value in FEES and bill.state in counted
    ]


def cells_of(found: Iterable[Fee]) -> Cells:
    """Return what bills come to, all of their homes together."""
    homes: dict[str, list[Fee]] = {}
    for fee in found:
        homes.setdefault(fee.home, []).append(fee)
    total: Cells = Counter()
    for own in homes.values():
        total.update(_money(own))
        total.update(_months(_count(own)))
    return total


def money_of(before: Collection[Fee], after: Collection[Fee]) -> Cells:
    """Return what changes in fen by the change of some bills, whatever others there are."""
    return difference(_money(before), _money(after))


def moved_of(before: Collection[Fee], after: Collection[Fee]) -> Months:
    """Return how many bills of each fee and month a home has more, by a change of some."""
    moved = _count(after)
    moved.subtract(_count(before))
    return Counter({key: count for key, count in moved.items() if count})


def homes_of(moved: Months, now: Months) -> Cells:
    """Return what changes in homes by what moved of one.

    `now`: how many bills it has around the months that moved, with what moved.
    """
    was = Counter(now)
    was.subtract(moved)
    return difference(_months(was), _months(now))


def around(moved: Collection[Month], window: Window) -> tuple[Month, Month]:
    """Return the months between which the bills lie that count with those that moved."""
    first, last = min(moved), max(moved)
    if not window.is_span:
        return first, last
    wide = plus_months(first, -LONGEST), plus_months(last, LONGEST)
    return max(wide[0], window.first), min(wide[1], window.last)


def _money(found: Iterable[Fee]) -> Cells:
    cells: Cells = Counter()
    for fee in found:
        for cell, fen in _cells_of(fee):
            cells[cell] += fen
    return cells


def _cells_of(fee: Fee) -> Iterator[tuple[Cell, int]]:
    """Return the cells in which amounts of a bill are, each with its amount."""
    late_after = fee.arrears_after
    yield (fee.period, f"{fee.kind}|due"), fee.due_fen
    for month, fen in fee.paid:
        yield (fee.period, f"{fee.kind}|received"), fen
        if late_after and late_after < month:
            yield (month, f"{fee.kind}|late|{late_after}"), fen
    if late_after and fee.owed_fen:
        yield (WHOLE, f"{fee.kind}|owing"), fee.owed_fen
        yield (late_after, f"{fee.kind}|owing"), fee.owed_fen


def _count(found: Iterable[Fee]) -> Months:
    """Return how many bills a home has of each fee and month, and how many of them are owed."""
    bills: Months = Counter()
    for fee in found:
        count(bills, fee.kind, fee.period, is_owed=fee.owed_fen > 0)
    return bills


def count(bills: Months, kind: str, period: Month, *, is_owed: bool) -> None:
    """Count a bill among those of its home."""
    bills[kind, "billed", period] += 1
    if is_owed:
        bills[kind, "unpaid", period] += 1


def _months(bills: Mapping[tuple[str, str, Month], int]) -> Cells:
    """Return the cells in which a home is, by the months of its bills."""
    sets: dict[str, set[Month]] = {}
    cells: Cells = Counter()
    for kind, what, month in (key for key, count in bills.items() if count > 0):
        for name in (kind, ALL):
            sets.setdefault(f"{name}|{what}", set()).add(month)
        if what == "billed":
            cells[WHOLE, f"{kind}|homes|{month}"] = 1
    for name, months in sets.items():
        before: Month | None = None
        for month in sorted(months):
            gap = min(months_between(before, month), LONGEST) if before else LONGEST
            cells[month, f"{name}|{gap}"] = 1
            before = month
    return cells


# Figures


def billed(cells: Cells, span: Span) -> Counter[str]:
    """Return the figures of the bills of a span."""
    months = months_from(span.period, span.months)
    name = span.kind or ALL
    homes, unpaid = (_homes(cells, f"{name}|{what}", months) for what in ("billed", "unpaid"))
    due, received = (
        sum(cells[month, f"{kind}|{what}"] for month in months for kind in _kinds(span))
        for what in ("due", "received")
    )
    return _some(
        billed_homes=homes, paid_homes=homes - unpaid, due_fen=due, received_fen=received
    )


def _homes(cells: Cells, name: str, months: Iterable[Month]) -> int:
    """Count homes of some months in a row: each in the first of them in which it is."""
    return sum(
        cells[month, f"{name}|{gap}"]
        for number, month in enumerate(months)
        for gap in range(number + 1, LONGEST + 1)
    )


def arrears(cells: Cells, span: Span) -> Counter[str]:
    """Return what was recovered of the arrears of a span, and what remained at its end."""
    end = plus_months(span.period, span.months)
    recovered, remaining = 0, 0
    for (month, name), amount in cells.items():
        kind, what, *after = name.split("|")
        if kind not in _kinds(span):
            continue
        if what == "owing":
            # of all that is owed, what became arrears when the span had begun is none of them
            remaining += amount if month == WHOLE else -amount * (month >= span.period)
        elif what == "late" and after[0] < span.period <= month:
            recovered += amount if month < end else 0
            remaining += amount if month >= end else 0
    return _some(recovered_fen=recovered, remaining_fen=remaining)


def homes_billed(cells: Cells, first: Month, end: Month) -> Counter[str]:
    """Return "fee|month" → homes billed, of the months from the first on, before the end."""
    found: Counter[str] = Counter()
    for (month, name), homes in cells.items():
        kind, what, *of = name.split("|")
        if month == WHOLE and what == "homes" and homes and first <= of[0] < end:
            found[f"{kind}|{of[0]}"] = homes
    return found


def _kinds(span: Span) -> Collection[str]:
    return (span.kind,) if span.kind else FEES


def _some(**figures: int) -> Counter[str]:
    """Return figures; nothing when all are 0."""
    return Counter(figures) if any(figures.values()) else Counter()
