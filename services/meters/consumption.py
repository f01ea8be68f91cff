"""Consumption by a meter: what is billed up to a day, read or estimated, and what corrects it.

Pure functions. A home is billed up to a value of the dial. The next reading is held against
that value, whether it was read or estimated: so whatever was estimated too high or too low is
corrected by the next bill, and no bill that is out is edited. A dial that shows less than was
billed by estimates brings no bill until it has caught up.

A meter that nobody read is estimated by its use per day in the last read periods, of which
three count at most. Where a home changed hands, and the meter was read on the last day of one
owner or the first of the next, each owes a bill of their own.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Final

from msgspec import Struct

from services.kernel.days import Day, days_apart, plus_days
from services.kernel.labels import Labelled
from services.kernel.money import half_up
from services.meters.models import Meter

PERIODS: Final = 3  # of which an estimate is the average


class Point(Struct, frozen=True):
    """Value of a dial at the end of a day."""

    day: Day
    value: int


class Usage(Struct, frozen=True, kw_only=True):
    """Use that is billed: from one value of the dial to another, over some days.

    `corrects`: how much of `before` was estimated; 0 where it was read.
    """

    first: Day
    last: Day
    before: int
    after: int
    is_estimated: bool
    corrects: int = 0

    @property
    def units(self) -> int:
        return self.after - self.before


class MeterObstacle(Labelled):
    """Reason for which a meter is not billed."""

    UP_TO_DATE = "up_to_date", "已经计费到这一天"
    NEVER_READ = "never_read", "没有读数,无法估算"
    NOTHING_USED = "nothing_used", "没有用量"
    CATCHING_UP = "catching_up", "此前估算多计,先行抵扣"
    NO_PRICE = "no_price", "没有这一天的单价"
    NO_PAYEE = "no_payee", "收款单位在这些天不能收费"


def usages(meter: Meter, to_day: Day, turns: Sequence[Day]) -> list[Usage] | MeterObstacle:
    """Return what is billed up to a day, or why nothing is.

    `turns`: the first days on which the home has other owners, in order.
    """
    end = min(to_day, meter.to_day or to_day)
    if end <= meter.billed_day:
        return MeterObstacle.UP_TO_DATE
    known = points(meter)
    fresh = [point for point in known if meter.billed_day < point.day <= end]
    if fresh:
        return _read(meter, known, fresh, turns)
    return _estimated(meter, known, end)


def points(meter: Meter) -> list[Point]:
    """Return all that is known of the dial, by day: first what it showed when it was put up."""
    read = [Point(reading.day, reading.value) for reading in meter.readings]
    return [Point(meter.from_day, meter.first_value), *read]


def _read(
    meter: Meter, known: Sequence[Point], fresh: Sequence[Point], turns: Sequence[Day]
) -> list[Usage] | MeterObstacle:
    """Return the use between readings: of each owner whose last or next first day was read."""
    around = {day for turn in turns for day in (plus_days(turn, -1), turn)}
    ends = [point for point in fresh if point.day in around or point is fresh[-1]]
    estimated = max(0, meter.billed_value - _last(known, meter.billed_day).value)
    found: list[Usage] = []
    day, value = meter.billed_day, meter.billed_value
    for end in ends:
        if end.value > value:
            usage = Usage(
                first=plus_days(day, 1),
                last=end.day,
                before=value,
                after=end.value,
                is_estimated=False,
                corrects=0 if found else estimated,
            )
            found.append(usage)
            day, value = end.day, end.value
    if found:
        return found
    caught_up = ends[-1].value == value
    return MeterObstacle.NOTHING_USED if caught_up else MeterObstacle.CATCHING_UP


def _last(known: Sequence[Point], day: Day) -> Point:
    """Return the latest that is known of the dial at the end of a day."""
    return [point for point in known if point.day <= day][-1]


def _estimated(meter: Meter, known: Sequence[Point], end: Day) -> list[Usage] | MeterObstacle:
    """Return the use by the average of the last read periods."""
    periods = [*pairwise(known)][-PERIODS:]
    days = sum(days_apart(one.day, other.day) for one, other in periods)
    if not days:
        return MeterObstacle.NEVER_READ
    last = known[-1]
    rate = Fraction(last.value - periods[0][0].value, days)
    after = last.value + half_up(rate * days_apart(last.day, end))
    if after <= meter.billed_value:
        return (
            MeterObstacle.CATCHING_UP
            if after < meter.billed_value
            else MeterObstacle.NOTHING_USED
        )
    usage = Usage(
        first=plus_days(meter.billed_day, 1),
        last=end,
        before=meter.billed_value,
        after=after,
        is_estimated=True,
    )
    return [usage]
