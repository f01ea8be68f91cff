"""Working hours of a place: what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.paths import PlacePath


class Interval(Struct, frozen=True):
    """Part of a day, in minutes since midnight in Beijing: `begins` is in it, `ends` is not."""

    begins: int
    ends: int


class WorkingHours(Struct, kw_only=True):
    """Working hours of a place, and of all below it that has none of its own.

    `weekdays`: on which it works, Monday 1 to Sunday 7; a named day goes before them.
    """

    id: str = field(name="_id")  # the place
    weekdays: list[int]
    intervals: list[Interval]  # in their order, apart from each other
    set_by: str = ""
    set_at: datetime | None = None


# 8:30 to 11:30 and 13:00 to 17:00, Monday to Friday: our choice, by no law, for places that
# have no hours of their own, nor any place above them.
DEFAULT_HOURS: Final = WorkingHours(
    id="",
    weekdays=[1, 2, 3, 4, 5],
    intervals=[Interval(8 * 60 + 30, 11 * 60 + 30), Interval(13 * 60, 17 * 60)],
)

_TIME: Final = r"(([01]\d|2[0-3]):[0-5]\d|24:00)"
BeginTime = Annotated[str, Meta(pattern=rf"^{_TIME}$(?!\n)", examples=["08:30"])]
EndTime = Annotated[str, Meta(pattern=rf"^{_TIME}$(?!\n)", examples=["11:30"])]
Weekday = Annotated[int, Meta(ge=1, le=7)]
Weekdays = Annotated[list[Weekday], Meta(min_length=1, max_length=7)]


class OpenHours(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Part of a day in which people work, in Beijing's time.

    `begins`: When it begins, e.g. 08:30.
    `ends`: When it ends, on the same day; 24:00 for midnight.
    """

    begins: BeginTime
    ends: EndTime


class SetWorkingHours(Struct, forbid_unknown_fields=True, kw_only=True):
    """Working hours of a place and all below it.

    `weekdays`: Days of the week on which it works, Monday 1 to Sunday 7.
    `intervals`: Parts of these days in which it works, apart from each other.
    """

    weekdays: Weekdays
    intervals: Annotated[list[OpenHours], Meta(min_length=1, max_length=4)]


class WorkingHoursView(Struct, kw_only=True):
    """Working hours that hold for a place.

    `place`: Path of the place.
    `set_for`: Path of the place they were set for, this one or above; null where none were.
    `weekdays`: Days of the week on which it works, Monday 1 to Sunday 7.
    `intervals`: Parts of these days in which it works, in their order.
    """

    place: PlacePath
    set_for: Annotated[str, Meta(examples=["cc.chaoyang.guilin.xincheng"])] | None
    weekdays: Weekdays
    intervals: list[OpenHours]
