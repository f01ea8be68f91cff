"""Days and months in Beijing's calendar; instants in UTC, to the millisecond."""

import calendar
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from msgspec import Meta

from services.kernel.documents import Document
from services.kernel.errors import InvalidInput

BEIJING: Final = ZoneInfo("Asia/Shanghai")

# A Beijing day as text, e.g. 2026-11-23: BSON has no type for days, and text sorts rightly.
Day = Annotated[
    str,
    Meta(
        pattern=r"^20\d{2}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$(?!\n)",
        extra_json_schema={"format": "date"},
    ),
]
# The day before which nothing is dated: the first that a Day can be.
FIRST_DAY: Final = "2000-01-01"
# So far ahead is anything planned. A Day ends with its century: what would follow from one near
# to that end could be kept and never be read again.
FARTHEST_DAYS: Final = 731
# A Beijing month as text, e.g. 2026-11.
Month = Annotated[str, Meta(pattern=r"^20\d{2}-(0[1-9]|1[0-2])$(?!\n)")]


def wall_clock() -> datetime:
    """Return the present instant as MongoDB keeps it: UTC, whole milliseconds."""
    now = datetime.now(UTC)  # noqa: TID251  # the one place that reads the clock
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def check_day(day: str) -> str:
    """Return a day that exists. InvalidInput for the likes of 2026-02-30."""
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError:
        raise InvalidInput("没有这一天", day=day) from None


def day_of(instant: datetime) -> str:
    """Return the Beijing day of an instant."""
    return instant.astimezone(BEIJING).date().isoformat()


def month_of(instant: datetime) -> str:
    """Return the Beijing month of an instant."""
    return day_of(instant)[:7]


def start_of(day: str) -> datetime:
    """Return the first instant of a Beijing day, in UTC."""
    return datetime.combine(
        date.fromisoformat(day), datetime.min.time(), tzinfo=BEIJING
    ).astimezone(UTC)


def end_of(day: str) -> datetime:
    """Return the instant at which a Beijing day is over: the first of the next one, in UTC."""
    return start_of(plus_days(day, 1))


def plus_days(day: str, days: int) -> str:
    """Return the day so many days later; earlier for a negative number."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def plus_months(month: str, months: int) -> str:
    """Return the month so many months later; earlier for a negative number."""
    index = int(month[:4]) * 12 + int(month[5:]) - 1 + months
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


@lru_cache(maxsize=256)  # of all homes of a bill run
def last_day(month: str) -> str:
    """Return the last day of a month."""
    year, number = int(month[:4]), int(month[5:])
    return f"{month}-{calendar.monthrange(year, number)[1]:02d}"


@lru_cache(maxsize=256)
def days_of(month: str) -> tuple[str, ...]:
    """Return all days of a month."""
    return tuple(days_between(f"{month}-01", last_day(month)))


def days_between(first: str, last: str) -> list[str]:
    """Return the days from the first to the last, both included."""
    begin = date.fromisoformat(first)
    count = (date.fromisoformat(last) - begin).days + 1
    return [(begin + timedelta(days=number)).isoformat() for number in range(count)]


def days_apart(one: str, other: str) -> int:
    """Count the days from one to another; negative when the other comes first."""
    return (date.fromisoformat(other) - date.fromisoformat(one)).days


def is_too_far(day: str, today: str) -> bool:
    """Tell whether a day is more than two years ahead: nothing is planned for it."""
    return day > plus_days(today, FARTHEST_DAYS)


def months_between(one: str, other: str) -> int:
    """Count the months from one to another; negative when the other comes first."""
    return (int(other[:4]) - int(one[:4])) * 12 + int(other[5:]) - int(one[5:])


def months_from(period: str, count: int) -> list[str]:
    """Return so many months, the first of which is `period`."""
    return [plus_months(period, i) for i in range(count)]


def active_on(day: str, *, first: str = "from_day", last: str = "to_day") -> Document:
    """Return the condition for what holds on a day, from a first one to a last one or none."""
    return {
        first: {"$lte": day},
        "$or": [{last: None}, {last: {"$gte": day}}],
    }


def not_over_on(day: str) -> Document:
    """Rows that hold today or will: the past belongs to who was there."""
    return {"$or": [{"to_day": None}, {"to_day": {"$gte": day}}]}
