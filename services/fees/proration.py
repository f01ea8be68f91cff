"""Proration: what days of a month are charged of the month's price, by the contract's method.

Pure functions. A month here is the one that a rule bills by: of the calendar, or one that
begins on the day of an anniversary. Its days are numbered from 1.

- Actual days: each day is one of the month's, so that 15 of 31 are 15/31.
- Thirty days: each of the first 30 days is 1/30, and the 31st is none. The last day of a
  shorter month stands for what it lacks of 30, so that a whole February is a month.
- Next month: nothing changes within a month. What holds on its first day is charged for all of
  it, and what begins later is charged from the next month.
- Full month: a month that was begun is charged whole, by what held first in it.

The parts of a month add up to the month exactly, however it is cut; a bill is rounded once, at
its end (tariff.py). The last two methods round a month and leave nothing to divide. Where they
may not, because the payee may not charge on some of its days, or two households owe parts of
the month, they divide it by its actual days.
"""

from datetime import date
from typing import Final

from msgspec import Struct

from services.fees.models import Proration
from services.fees.tariff import Span
from services.kernel.days import Day

DAYS: Final = 30  # of each month, by the method of thirty days
WHOLE_MONTHS: Final = (Proration.NEXT_MONTH, Proration.FULL_MONTH)


class Share(Struct, frozen=True):
    """Share of a month: `count` of `of` days."""

    count: int
    of: int


def share(method: Proration, days: Span, month: Span) -> Share:
    """Return the share that some days of a month are of it."""
    first, last, length = (_number(day, month) for day in (days[0], days[1], month[1]))
    if method is Proration.THIRTY_DAYS:
        return Share(_elapsed(last, length) - _elapsed(first - 1, length), DAYS)
    return Share(last - first + 1, length)


def _number(day: Day, month: Span) -> int:
    """Return the number of a day in its month, from 1."""
    return (date.fromisoformat(day) - date.fromisoformat(month[0])).days + 1


def _elapsed(number: int, length: int) -> int:
    """Count the days until a day, by months of thirty."""
    return DAYS if number == length else min(number, DAYS)
