"""Published holidays of China: what the State Council announced for a year, as far as is known.

From the library chinese_calendar, which has the notices of the State Council's office
(国务院办公厅关于部分节假日安排的通知) since 2004 and is renewed each November; this module
alone uses it. Of a year that it does not know, the days are off that a regulation fixes by
date: by 《全国年节及纪念日放假办法》第二条, in force since 2025-01-01, 1 January (元旦),
1 and 2 May (劳动节) and 1 to 3 October (国庆节). The other four festivals go by the moon and
the sun, and no law says which weekends are worked for them.
"""

from datetime import date
from functools import cache, lru_cache
from typing import Final

import chinese_calendar

from services.kernel.days import Day
from services.working_time.calendar.models import DayKind, Festival, NamedDay, Origin

KEPT_DAYS: Final = 4096
FIXED: Final = {
    "01-01": Festival.NEW_YEAR,
    "05-01": Festival.LABOUR,
    "05-02": Festival.LABOUR,
    "10-01": Festival.NATIONAL,
    "10-02": Festival.NATIONAL,
    "10-03": Festival.NATIONAL,
}


@cache
def is_published(year: int) -> bool:
    """Tell whether the library knows the holidays of a year."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


@lru_cache(KEPT_DAYS)
def published(day: Day) -> NamedDay | None:
    """Return what was announced of a day of a published year; None for an ordinary one."""
    is_off, name = chinese_calendar.get_holiday_detail(date.fromisoformat(day))
    if name is None:
        return None
    holiday = chinese_calendar.Holiday(name)
    known = holiday.name in set(Festival)
    return NamedDay(
        DayKind.HOLIDAY if is_off else DayKind.WORKDAY,
        holiday.chinese,
        Festival(holiday.name) if known else Festival.OTHER,
        Origin.PUBLISHED,
    )


def fixed(day: Day) -> NamedDay | None:
    """Return the holiday that is on this date every year; None for another day."""
    festival = FIXED.get(day[5:])
    if festival is None:
        return None
    return NamedDay(DayKind.HOLIDAY, festival.label, festival, Origin.STATUTE)
