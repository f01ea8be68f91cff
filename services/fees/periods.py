"""Periods of bills: which days one bill of a fee rule is for.

Pure functions. Quarters, half-years and years are those of the calendar. A year from a day on,
the anniversary, counts from the rule's `anniversary_day`; without one from the first day of the
home's owners (services/residencies/tenures.py), and where nobody knows that day there is none.
Its months begin on the same day of each month; in a month without that day, on its last one.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from services.fees.models import BilledAt, BillingPeriod, FeeRule
from services.fees.tariff import Span
from services.kernel.days import (
    Day,
    Month,
    last_day,
    months_between,
    months_from,
    plus_days,
    plus_months,
)

YEAR: Final = 12
MONTHS: Final = {
    BillingPeriod.MONTHLY: 1,
    BillingPeriod.QUARTERLY: 3,
    BillingPeriod.HALF_YEARLY: 6,
    BillingPeriod.YEARLY: YEAR,
}
# How far from a month the other months of a bill may lie that is for one of its days.
REACH: Final = YEAR


class Terms(Struct, frozen=True):
    """What rules have in common whose days of one period are one bill."""

    period: BillingPeriod
    timing: BilledAt
    anniversary_day: Day | None
    payee: str

    def falls_in(self, first: Day, last: Day) -> Month:
        """Return the month in which the bill of these days falls."""
        return (first if self.timing is BilledAt.START else last)[:7]


class Period(Struct, frozen=True):
    """Period of a bill: `months` that it is charged by, each with its first and last day.

    `last`: earlier than that of its months where the home has other owners from then on.
    """

    months: tuple[Span, ...]
    last: Day

    @property
    def first(self) -> Day:
        return self.months[0][0]


def terms_of(rule: FeeRule, payee: str) -> Terms:
    """Return the terms on which a rule is billed for a payee."""
    return Terms(rule.period, rule.timing, rule.anniversary_day, payee)


def period_of(terms: Terms, day: Day, hand_overs: Sequence[Day]) -> Period | None:
    """Return the period that a day lies in; None where a home's own day is not known."""
    if terms.period is not BillingPeriod.ANNIVERSARY:
        count = MONTHS[terms.period]
        month = int(day[5:7])
        first = plus_months(day[:7], -((month - 1) % count))
        spans = tuple((f"{each}-01", last_day(each)) for each in months_from(first, count))
        return Period(spans, spans[-1][1])
    number = bisect_right(hand_overs, day)
    if terms.anniversary_day is not None:
        return _year(terms.anniversary_day, day)
    if not number:
        return None
    year = _year(hand_overs[number - 1], day)
    if number == len(hand_overs):
        return year
    return Period(year.months, min(year.last, plus_days(hand_overs[number], -1)))


def _year(since: Day, day: Day) -> Period:
    """Return the year of a day, of those that begin on the anniversaries of `since`."""
    years, number = months_between(since[:7], day[:7]) // YEAR, int(since[8:])
    first = plus_months(since[:7], years * YEAR)
    if day < _begin(first, number):
        first = plus_months(first, -YEAR)
    begins = [_begin(month, number) for month in months_from(first, YEAR + 1)]
    ends = (plus_days(begin, -1) for begin in begins[1:])
    spans = tuple(zip(begins[:-1], ends, strict=True))
    return Period(spans, spans[-1][1])


def _begin(month: Month, number: int) -> Day:
    """Return the day of a month on which its month of an anniversary begins."""
    return min(f"{month}-{number:02d}", last_day(month))


def months_reached(rules: Iterable[FeeRule], first: Month, count: int) -> list[Month]:
    """Return the months of a run, and those that bills may reach which fall in them."""
    if all(rule.period is BillingPeriod.MONTHLY for rule in rules):
        return months_from(first, count)
    return months_from(plus_months(first, -REACH), count + 2 * REACH)


def periods_in(terms: Terms, span: Span, hand_overs: Sequence[Day]) -> list[Period]:
    """Return the periods that have a day in a span."""
    found, (day, last) = list[Period](), span
    while day <= last:
        period = period_of(terms, day, hand_overs)
        if period is None:  # until the home's owners of a known day
            day = next((turn for turn in hand_overs if turn > day), plus_days(last, 1))
            continue
        found.append(period)
        day = plus_days(period.last, 1)
    return found
