"""Totals of a year's books: by fee and month, by age, and by account. Pure sums of entries."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from msgspec import Struct, field

from services.fees.models import BillKind
from services.kernel.days import Day, Month, month_of, months_from
from services.kernel.labels import Labelled
from services.year_books.allocations import RECEIVABLE, class_of
from services.year_books.models import (
    ACCOUNTS,
    HANDED_OVER,
    OTHER_INCOME,
    WAYS,
    BillYear,
    Effect,
    Excess,
    Movement,
    Span,
)

ALL: Final = "合计"
BETWEEN: Final = "账单之间的往来"


class Age(Labelled):
    """How long something is overdue at the end of a span."""

    NOT_DUE = "not_due", "未到期"
    QUARTER = "quarter", "逾期90天以内"
    YEAR = "year", "逾期91天至1年"
    TWO_YEARS = "two_years", "逾期1至2年"
    THREE_YEARS = "three_years", "逾期2至3年"
    OLDER = "older", "逾期3年以上"


# Age → the most days that it is overdue.
MOST_DAYS: Final = {
    Age.NOT_DUE: 0,
    Age.QUARTER: 90,
    Age.YEAR: 365,
    Age.TWO_YEARS: 730,
    Age.THREE_YEARS: 1095,
}


class MonthSum(Struct, kw_only=True):
    """What happened to what is owed of a fee in a month, or in all of them.

    `received`: way → fen. All is above 0 as its name says; `other_fen` is above 0 where more is
    owed.
    """

    fee: str
    month: str
    start_fen: int = 0
    billed_fen: int = 0
    received: Counter[str] = field(default_factory=Counter)
    refunded_fen: int = 0
    voided_fen: int = 0
    other_fen: int = 0

    @property
    def end_fen(self) -> int:
        more = self.billed_fen + self.refunded_fen + self.other_fen
        return self.start_fen + more - self.voided_fen - self.received.total()

    def add(self, movement: Movement) -> None:
        match movement.effect:
            case Effect.BILLED:
                self.billed_fen += movement.fen
            case Effect.RECEIVED:
                self.received[movement.way] -= movement.fen
            case Effect.REFUNDED:
                self.refunded_fen += movement.fen
            case Effect.VOIDED:
                self.voided_fen -= movement.fen
            case Effect.OTHER:
                self.other_fen += movement.fen


class Balance(Struct, kw_only=True):
    """Account over a span, in fen: debit above 0."""

    name: str
    start_fen: int = 0
    debit_fen: int = 0
    credit_fen: int = 0

    @property
    def end_fen(self) -> int:
        return self.start_fen + self.debit_fen - self.credit_fen


class Totals:
    """Totals of a span that grow with its months, fees and accounts, and not with its bills."""

    def __init__(self, span: Span) -> None:
        self.span = span
        self.bills = 0
        self._start: Counter[BillKind] = Counter()
        self._months: dict[tuple[BillKind, Month], MonthSum] = {}
        self._balances: dict[str, Balance] = {}

    def add_bill(self, each: BillYear) -> None:
        self.bills += 1
        kind = each.bill.kind
        self._start[kind] += each.start_fen
        for movement in (*each.before, *each.within):
            # a transfer between two bills is a movement of each of them
            between = class_of(movement.contra) == RECEIVABLE
            contra = BETWEEN if between else name_of(movement.contra)
            self._post(name_of(RECEIVABLE), movement.fen, movement)
            self._post(contra, -movement.fen, movement)
        for movement in each.within:
            month = month_of(movement.at)
            key = kind, month
            if key not in self._months:
                self._months[key] = MonthSum(fee=kind.label, month=month)
            self._months[key].add(movement)

    def add_excess(self, each: Excess) -> None:
        self._post(name_of(each.pair.debit), each.pair.fen, each)
        self._post(name_of(each.pair.credit), -each.pair.fen, each)

    def _post(self, name: str, fen: int, source: Movement | Excess) -> None:
        balance = self._balances.setdefault(name, Balance(name=name))
        if source.at < self.span.start:
            balance.start_fen += fen
        elif fen > 0:
            balance.debit_fen += fen
        else:
            balance.credit_fen -= fen

    def by_month(self) -> list[MonthSum]:
        """Return each fee month by month, then all of it; at last all fees together."""
        months = months_from(f"{self.span.year}-01", int(self.span.to_day[5:7]))
        kinds = {*self._start, *(kind for kind, _ in self._months)}
        rows: list[MonthSum] = []
        totals: list[MonthSum] = []
        for kind in (each for each in BillKind if each in kinds):
            start, own = self._start[kind], []
            for month in months:
                row = self._months.get((kind, month), MonthSum(fee=kind.label, month=month))
                row.start_fen = start
                start = row.end_fen
                own.append(row)
            totals.append(_together(kind.label, own))
            rows += [*own, totals[-1]]
        return [*rows, _together(ALL, totals)]

    def balances(self) -> list[Balance]:
        """Return the accounts by name, and all of them together."""
        found = [self._balances[name] for name in sorted(self._balances)]
        total = Balance(name=ALL)
        for each in found:
            total.start_fen += each.start_fen
            total.debit_fen += each.debit_fen
            total.credit_fen += each.credit_fen
        return [*found, total]


def _together(fee: str, rows: list[MonthSum]) -> MonthSum:
    """Add up the months of a fee, which begin with its first, or the years of several."""
    found = MonthSum(fee=fee, month=ALL)
    is_sum = all(row.month == ALL for row in rows)
    found.start_fen = sum(row.start_fen for row in (rows if is_sum else rows[:1]))
    for row in rows:
        found.billed_fen += row.billed_fen
        found.received.update(row.received)
        found.refunded_fen += row.refunded_fen
        found.voided_fen += row.voided_fen
        found.other_fen += row.other_fen
    return found


def name_of(account: str) -> str:
    """Return what accountants call an account: income by its fee, money by where it lies."""
    name, _, rest = account.partition(":")
    said = ACCOUNTS.get(name, name)
    if name == "income":
        kind = rest.partition(":")[0]
        other = OTHER_INCOME.get(kind, kind)
        return f"{said}({next((e.label for e in BillKind if e.value == kind), other)})"
    return f"{said} {rest}" if name in WAYS or name in HANDED_OVER else said


def age_of(due_on: Day | None, day: Day) -> Age:
    """Return how long a bill is overdue on a day."""
    late = (date.fromisoformat(day) - date.fromisoformat(due_on)).days if due_on else 0
    return next((age for age, most in MOST_DAYS.items() if late <= most), Age.OLDER)


def by_age(bills: Iterable[BillYear], day: Day) -> Mapping[Age, int]:
    """Return age → fen that is owed at the end of a span."""
    found: Counter[Age] = Counter()
    for each in bills:
        found[age_of(each.bill.due_on, day)] += each.end_fen
    return found
