"""Days off and at work: what is published, and what the city enters above it.

The State Council announces a year's holidays in the November before; the city may enter them on
that day, or correct one for itself, each with the document that says so. A day of the past may
be corrected as well: deadlines are computed once, so that it moves none that was told, but one
that is still to be moved by a pause goes by the corrected day.
"""

from typing import Any, Final

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.days import Day, check_day, days_between
from services.kernel.permissions import Actor, Permission, require_city
from services.kernel.views import show
from services.working_time import clock
from services.working_time.calendar import store
from services.working_time.calendar.models import (
    CalendarDay,
    CalendarDayView,
    CalendarYear,
    Origin,
    SetCalendarDay,
)
from services.working_time.hours.models import DEFAULT_HOURS

# Nothing is announced earlier than for the coming year; a city may know of its own a year more.
YEARS_AHEAD: Final = 2


class CalendarDayTooFar(errors.InvalidInput):
    """Days may be entered until the end of the year after next."""

    code = "calendar_day_too_far"
    details_type = errors.LatestDay


async def of_years(deps: Dependencies, first: int, last: int) -> list[CalendarDay]:
    """Return the days that the city entered for some years, in their order."""
    return await store.of_years(deps.db, first, last)


async def of_year(deps: Dependencies, year: int) -> CalendarYear:
    """Return the days of a year that do not go by the day of the week, to anybody."""
    entered = await of_years(deps, year, year)
    calendar = clock.calendar_of(DEFAULT_HOURS, entered)
    shown = [
        CalendarDayView(
            day=day,
            kind=found.kind,
            name=found.name,
            festival=found.festival,
            origin=found.origin,
            source=own.source if (own := calendar.days.get(day)) else None,
            entered_at=own.entered_at if own else None,
        )
        for day in days_between(f"{year}-01-01", f"{year}-12-31")
        if (found := clock.named(calendar, day))
    ]
    return CalendarYear(year=year, is_announced=clock.is_announced(calendar, year), days=shown)


async def replace(
    deps: Dependencies, actor: Actor, day: Day, wish: SetCalendarDay
) -> CalendarDayView:
    """Enter what a day is, in the stead of what was said of it.

    Raises Forbidden but for the whole city's staff and administrators, InvalidInput for a day
    that does not exist, CalendarDayTooFar.
    """
    require_city(actor, Permission.KEEP_CALENDAR)
    last = f"{int(deps.today()[:4]) + YEARS_AHEAD}-12-31"
    if check_day(day) > last:
        raise CalendarDayTooFar("最多登记到后年年底", to_day=last)
    made = CalendarDay(
        id=day,
        kind=wish.kind,
        name=wish.name,
        festival=wish.festival,
        source=wish.source,
        entered_by=actor.person_id,
        entered_at=deps.now(),
    )

    async def save(tx: Transaction) -> None:
        earlier = await store.find(deps.db, tx, day)
        await store.put(deps.db, tx, made)
        act, before = Act.CALENDAR_DAY_SET, earlier.kind if earlier else None
        await _record(deps, tx, actor, act, day, kind=made.kind, before=before)

    await deps.in_transaction(save)
    return show(made, CalendarDayView, day=day, origin=Origin.ENTERED)


async def remove(deps: Dependencies, actor: Actor, day: Day) -> None:
    """Remove what the city entered of a day: what is published holds again.

    Raises Forbidden as `replace` does, InvalidInput for a day that does not exist.
    """
    require_city(actor, Permission.KEEP_CALENDAR)
    check_day(day)

    async def save(tx: Transaction) -> None:
        earlier = await store.find(deps.db, tx, day)
        await store.remove(deps.db, tx, day)
        act, before = Act.CALENDAR_DAY_REMOVED, earlier.kind if earlier else None
        await _record(deps, tx, actor, act, day, before=before, again=earlier is None)

    await deps.in_transaction(save)


async def _record(
    deps: Dependencies, tx: Transaction, actor: Actor, act: Act, day: Day, **facts: Any
) -> None:
    """Record an act on the calendar, which is the city's."""
    held = actor.places(Permission.KEEP_CALENDAR)
    city = next(place for place in held if "." not in place)
    await audit.record(deps, tx, actor, act, place=city, subject=day, **facts)
