"""Working time of a place: when a span ends, and how much of one is used.

A deadline is computed once, when its span begins, and kept by whoever has it: what is changed
later in the calendar or in the hours of a place moves no deadline that is already told. A pause
moves one: `left = span - between(start, pause)`, then `after(resume, left)`.

Each call reads the database twice, whatever the length of the span: the hours of the places
above, and the days that the city entered for the years in question.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.dependencies import Dependencies
from services.kernel.days import day_of
from services.working_time import clock
from services.working_time.calendar import actions as calendar
from services.working_time.clock import Calendar
from services.working_time.hours import actions as hours
from services.working_time.models import Instant, Pace, Span


async def after(deps: Dependencies, place: str, start: datetime, span: Span) -> Instant:
    """Return the instant when a span that begins at `start` is used up at a place.

    See services/working_time/clock.py after(), also for what it raises.
    """
    [found] = await after_each(deps, place, start, [span])
    return found


async def after_each(
    deps: Dependencies, place: str, start: datetime, spans: Sequence[Span]
) -> list[Instant]:
    """Return what `after` does of each span: one look at the calendar, however many."""
    if all(span.pace is Pace.CONTINUOUS for span in spans):
        found = clock.EVERY_MINUTE
    else:
        farthest = start + timedelta(days=clock.FARTHEST_DAYS + clock.MOVED_BY_NEXT_YEAR)
        found = await calendar_of(deps, place, start, farthest)
    return [clock.after(found, start, span) for span in spans]


async def between(
    deps: Dependencies, place: str, start: datetime, end: datetime, pace: Pace
) -> int:
    """Return the whole minutes of a place that count between two instants."""
    if pace is Pace.CONTINUOUS:
        return clock.between(clock.EVERY_MINUTE, start, end, pace)
    return clock.between(await calendar_of(deps, place, start, end), start, end, pace)


async def calendar_of(
    deps: Dependencies, place: str, start: datetime, end: datetime
) -> Calendar:
    """Return the calendar of a place for the years from one instant to another."""
    first, last = (int(day_of(each)[:4]) for each in (start, end))
    days = await calendar.of_years(deps, first, last)
    return clock.calendar_of(await hours.of(deps, place), days)
