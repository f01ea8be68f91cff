"""Working time: days off and at work, and the hours in which a place works."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.kernel.days import Day
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.working_time.calendar import actions as calendar
from services.working_time.calendar.models import (
    CalendarDayView,
    CalendarQuery,
    CalendarYear,
    DayKind,
    Festival,
    SetCalendarDay,
    SetCalendarSource,
)
from services.working_time.hours import actions as hours
from services.working_time.hours.models import OpenHours, SetWorkingHours, WorkingHoursView

PathDay = Annotated[Day, Meta(description="Day, e.g. 2026-02-14.")]
ANNOUNCEMENT = SetCalendarSource(
    number="国办发明电〔2025〕7号", title="国务院办公厅关于2026年部分节假日安排的通知"
)


class CalendarDaysHandler(ApiHandler):
    @endpoint("listCalendarDays", needs=Access.SIGNED_IN)
    async def get(self, query: CalendarQuery) -> CalendarYear:
        """Days of a year that are off, or at work, whatever day of the week they are."""
        return await calendar.of_year(self.deps, query.year)


class CalendarDayHandler(ApiHandler):
    @endpoint(
        "replaceCalendarDay",
        needs=Permission.KEEP_CALENDAR,
        errors=("calendar_day_too_far",),
        example=SetCalendarDay(
            kind=DayKind.WORKDAY,
            name="春节调休",
            festival=Festival.SPRING,
            source=ANNOUNCEMENT,
        ),
    )
    async def put(self, day: PathDay, body: SetCalendarDay) -> CalendarDayView:
        """Enter that a day is off, or at work. Deadlines that were told stay."""
        return await calendar.replace(self.deps, self.actor, day, body)

    @endpoint("withdrawCalendarDay", needs=Permission.KEEP_CALENDAR)
    async def delete(self, day: PathDay) -> None:
        """Remove what the city entered of a day: what is published holds again."""
        await calendar.remove(self.deps, self.actor, day)


class WorkingHoursHandler(ApiHandler):
    @endpoint("getWorkingHours", needs=Access.SIGNED_IN)
    async def get(self, place: PlacePath) -> WorkingHoursView:
        """Hours in which a place works: its own, or those of the nearest place above."""
        return await hours.show(self.deps, place)

    @endpoint(
        "replaceWorkingHours",
        needs=Permission.MANAGE_PLACES,
        errors=("hours_backwards", "hours_overlap", "hours_too_short", "hours_wrong_place"),
        example=SetWorkingHours(
            weekdays=[1, 2, 3, 4, 5, 6], intervals=[OpenHours(begins="08:00", ends="18:00")]
        ),
    )
    async def put(self, place: PlacePath, body: SetWorkingHours) -> WorkingHoursView:
        """Set the hours of a place and all below it. Deadlines that were told stay."""
        return await hours.replace(self.deps, self.actor, place, body)

    @endpoint("withdrawWorkingHours", needs=Permission.MANAGE_PLACES)
    async def delete(self, place: PlacePath) -> None:
        """Remove the hours of a place: those above hold again. Told deadlines stay."""
        await hours.remove(self.deps, self.actor, place)


ROUTES = [
    Route("/api/v1/calendar-days", CalendarDaysHandler),
    Route("/api/v1/calendar-days/{day}", CalendarDayHandler),
    Route("/api/v1/places/{place}/working-hours", WorkingHoursHandler),
]
