"""Arithmetic of working time: pure functions on the calendar of one place.

A day goes by what the city entered; else by what is published for its year; else, in a year
that is not announced, by the holidays that are fixed by date; else by the day of the week.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

from msgspec import Struct

from services.kernel.days import Day, day_of, days_between, plus_days, start_of
from services.working_time import holidays
from services.working_time.calendar.models import (
    YEARLY,
    CalendarDay,
    DayKind,
    NamedDay,
    Origin,
)
from services.working_time.hours.models import DEFAULT_HOURS, WorkingHours
from services.working_time.models import Instant, Pace, Span

NOTHING: Final = timedelta()
MINUTE: Final = timedelta(minutes=1)
# Ten years: hours are refused that would need more for a deadline of months (hours/actions.py).
FARTHEST_DAYS: Final = 3660
# The announcement of a year may move the last weekend of the year before: for New Year 2019,
# Saturday 29 December 2018 was at work and Monday the 31st off.
MOVED_BY_NEXT_YEAR: Final = 7


class Calendar(Struct, frozen=True):
    """Calendar of a place. `announced`: the years whose holidays the city has entered whole."""

    hours: WorkingHours
    days: Mapping[Day, CalendarDay]
    announced: frozenset[int]


def calendar_of(hours: WorkingHours, entered: Iterable[CalendarDay]) -> Calendar:
    """Return the calendar of these hours. `entered`: all days of the years in question."""
    days = {each.id: each for each in entered}
    off = {
        (int(day[:4]), each.festival)
        for day, each in days.items()
        if each.kind is DayKind.HOLIDAY
    }
    years = {year for year, _ in off}
    whole = {y for y in years if {festival for year, festival in off if year == y} >= YEARLY}
    return Calendar(hours, days, frozenset(whole))


EVERY_MINUTE: Final = calendar_of(DEFAULT_HOURS, ())  # for what runs day and night


def is_announced(calendar: Calendar, year: int) -> bool:
    """Tell whether the holidays of a year are known."""
    return holidays.is_published(year) or year in calendar.announced


def named(calendar: Calendar, day: Day) -> NamedDay | None:
    """Return what is said of a day; None for one that goes by the day of the week."""
    if day in calendar.days:
        own = calendar.days[day]
        return NamedDay(own.kind, own.name, own.festival, Origin.ENTERED)
    year = int(day[:4])
    if holidays.is_published(year):
        return holidays.published(day)
    return None if year in calendar.announced else holidays.fixed(day)


def is_certain(calendar: Calendar, day: Day) -> bool:
    """Tell whether nothing that is announced later is expected to change a day."""
    if day in calendar.days or holidays.fixed(day):
        return True
    years = {int(each[:4]) for each in (day, plus_days(day, MOVED_BY_NEXT_YEAR))}
    return all(is_announced(calendar, year) for year in years)


def works_on(calendar: Calendar, day: Day) -> bool:
    """Tell whether a place works on a day. Where a weekend is worked, every place works."""
    found = named(calendar, day)
    if found is not None:
        return found.kind is DayKind.WORKDAY
    return date.fromisoformat(day).isoweekday() in calendar.hours.weekdays


def open_on(calendar: Calendar, day: Day) -> list[tuple[datetime, datetime]]:
    """Return from when to when a place works on a day, in UTC; none for a day off."""
    if not works_on(calendar, day):
        return []
    midnight = start_of(day)
    return [
        (midnight + each.begins * MINUTE, midnight + each.ends * MINUTE)
        for each in calendar.hours.intervals
    ]


def after(calendar: Calendar, start: datetime, span: Span) -> Instant:
    """Return the instant when a span that begins at `start` is used up.

    The earliest such instant: a span that ends with the day's work ends at closing time, not
    when the next day's work begins. One of no minutes, or of less than none, is used up at its
    start. Raises OverflowError when ten years are too short for it.
    """
    left = max(NOTHING, span.minutes * MINUTE)
    if span.pace is Pace.CONTINUOUS or not left:
        return Instant((start + left).astimezone(UTC), is_estimated=False)
    first, is_estimated = day_of(start), False
    for number in range(FARTHEST_DAYS):
        day = plus_days(first, number)
        is_estimated = is_estimated or not is_certain(calendar, day)
        for opens, closes in open_on(calendar, day):
            begins = max(opens, start.astimezone(UTC))
            if begins + left <= closes:
                return Instant(begins + left, is_estimated)
            left -= max(NOTHING, closes - begins)
    raise OverflowError(f"{span.minutes} minutes of work do not fit into ten years")


def between(calendar: Calendar, start: datetime, end: datetime, pace: Pace) -> int:
    """Return the whole minutes that count between two instants; 0 when the end comes first.

    So a span that pauses at once has used nothing, also where two clocks differ a little.
    """
    if end <= start:
        return 0
    if pace is Pace.CONTINUOUS:
        return (end - start) // MINUTE
    parts = (
        min(closes, end) - max(opens, start)
        for day in days_between(day_of(start), day_of(end))
        for opens, closes in open_on(calendar, day)
    )
    return sum((max(NOTHING, part) for part in parts), NOTHING) // MINUTE
