"""Rows about working time: the calendar is the city's, hours are a place's."""

from typing import Final

import pytest

from mongo_indexes import calendar_days, working_hours
from services.working_time.calendar.models import CalendarDay, DayKind, SetCalendarSource
from services.working_time.hours.models import DEFAULT_HOURS, WorkingHours
from tests.matrix.posts import COMMUNITY, COMPOUND
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, at, citywide, decided, everyone
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

NOTICE = {"number": "长府办发〔2026〕1号", "title": "关于放假的通知"}
ALL_MAY_KNOW: Final = "whoever waits may know when somebody works, wherever that is"


async def free_day(_: Scene) -> str:
    return "2026-05-11"


async def entered_day(scene: Scene) -> str:
    """A day of the city's, entered anew."""
    made = CalendarDay(
        id="2026-05-12",
        kind=DayKind.HOLIDAY,
        name="登记",
        source=SetCalendarSource(**NOTICE),
        entered_by="test",
        entered_at=scene.town.world.deps.now(),
    )
    return await anew(scene, calendar_days.COLLECTION, made)


async def hours(scene: Scene) -> str:
    """Hours of the scene's place, set anew."""
    made = WorkingHours(
        id=scene.place,
        weekdays=DEFAULT_HOURS.weekdays,
        intervals=DEFAULT_HOURS.intervals,
        set_by="test",
        set_at=scene.town.world.deps.now(),
    )
    return await anew(scene, working_hours.COLLECTION, made)


async def anew(scene: Scene, collection: str, made: CalendarDay | WorkingHours) -> str:
    await scene.town.world.db[collection].delete_one({"_id": made.id})
    return await scene.town.insert(collection, made)


FURNITURE: Final[Furniture] = ((entered_day, (COMPOUND,)), (hours, (COMMUNITY,)))

ROWS: Final = (
    Row(
        "get",
        "/api/v1/calendar-days",
        everyone(),
        query={"year": "2026"},
        bare="days of the whole country",
    ),
    Row(
        "put",
        "/api/v1/calendar-days/{day}",
        citywide(),
        makes=free_day,
        body={"kind": "holiday", "name": "停工", "source": NOTICE},
    ),
    Row("delete", "/api/v1/calendar-days/{day}", citywide(), makes=entered_day),
    Row(
        "get",
        "/api/v1/places/{place}/working-hours",
        decided(lambda *_: Outcome.ALLOWED, ALL_MAY_KNOW, COMPOUND),
        beyond="names the place that was asked for, and the one above whose hours hold",
    ),
    Row("delete", "/api/v1/places/{place}/working-hours", at(COMPOUND), makes=hours),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
