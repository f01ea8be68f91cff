"""Arithmetic of working time, by days and hours that were worked out by hand.

Times are Beijing's: "2026-02-13 16:00". Offices work 8:30 to 11:30 and 13:00 to 17:00: 180 and
240 minutes, 420 a day. Of February 2026 the State Council announced (国办发明电〔2025〕7号):

    Fri 13 at work · Sat 14 at work · Sun 15 to Mon 23 off · Tue 24 to Fri 27 at work
    · Sat 28 at work · Sun 1 March off
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from services.kernel.days import BEIJING, days_between, plus_days
from services.working_time import clock, holidays
from services.working_time.calendar.models import (
    YEARLY,
    CalendarDay,
    DayKind,
    Festival,
    Origin,
    SetCalendarSource,
)
from services.working_time.clock import Calendar, calendar_of
from services.working_time.hours.models import DEFAULT_HOURS, Interval
from services.working_time.models import Pace, Span

W, H = DayKind.WORKDAY, DayKind.HOLIDAY
NOTICE = SetCalendarSource(number="长府办发〔2026〕1号", title="通知")
DAY = 420  # minutes of an office


def entered(day: str, kind: DayKind, festival: Festival = Festival.OTHER) -> CalendarDay:
    return CalendarDay(
        id=day,
        kind=kind,
        name="登记",
        festival=festival,
        source=NOTICE,
        entered_by="test",
        entered_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def offices(*days: CalendarDay) -> Calendar:
    return calendar_of(DEFAULT_HOURS, days)


def announced(year: int) -> Iterable[CalendarDay]:
    """The least that makes a year announced: one day off for each of the seven."""
    dates = ("01-01", "02-06", "04-05", "05-01", "06-09", "09-15", "10-01")
    order = (
        Festival.NEW_YEAR,
        Festival.SPRING,
        Festival.TOMB_SWEEPING,
        Festival.LABOUR,
        Festival.DRAGON_BOAT,
        Festival.MID_AUTUMN,
        Festival.NATIONAL,
    )
    return [entered(f"{year}-{d}", H, f) for d, f in zip(dates, order, strict=True)]


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING).astimezone(UTC)


def shown(instant: datetime) -> str:
    return instant.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")


def ends(calendar: Calendar, start: str, minutes: int, pace: Pace = Pace.WORKING) -> str:
    found = clock.after(calendar, beijing(start), Span(minutes, pace))
    assert found.at.tzinfo is UTC
    return shown(found.at) + (" estimated" if found.is_estimated else "")


def test_the_days_around_the_spring_festival_of_2026() -> None:
    days = days_between("2026-02-13", "2026-03-01")
    works = "WW" + "." * 9 + "WWWWW" + "."
    assert "".join("W" if clock.works_on(offices(), day) else "." for day in days) == works


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-02-13 16:00", 60, "2026-02-13 17:00"),  # at closing, not the next morning
        ("2026-02-13 16:00", 61, "2026-02-14 08:31"),  # Saturday is worked
        ("2026-02-13 16:00", 60 + DAY, "2026-02-14 17:00"),
        ("2026-02-13 16:00", 60 + DAY + 1, "2026-02-24 08:31"),  # over nine days off
        ("2026-02-17 10:00", 1, "2026-02-24 08:31"),  # begins on New Year's Day of the moon
        ("2026-02-24 08:30", 5 * DAY, "2026-02-28 17:00"),  # with the second Saturday
        ("2026-02-24 08:30", 5 * DAY + 1, "2026-03-02 08:31"),  # over Sunday 1 March
        ("2026-03-02 11:00", 45, "2026-03-02 13:15"),  # over lunch
        ("2026-03-02 06:00", 180, "2026-03-02 11:30"),
        ("2026-03-02 12:00", 0, "2026-03-02 12:00"),
        ("2026-03-02 12:00", -5, "2026-03-02 12:00"),  # used up before the pause ended
        ("2026-03-06 16:59", 2, "2026-03-09 08:31"),  # over a weekend
    ],
)
def test_working_minutes_in_2026(start: str, minutes: int, end: str) -> None:
    assert ends(offices(), start, minutes) == end
    assert clock.between(offices(), beijing(start), beijing(end), Pace.WORKING) == max(
        0, minutes
    )


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-03-02 23:30", 45, "2026-03-03 00:15"),
        ("2026-02-14 20:00", 10 * 1440, "2026-02-24 20:00"),
        ("2027-12-31 23:59", 2, "2028-01-01 00:01"),  # no calendar is asked
    ],
)
def test_emergencies_run_day_and_night(start: str, minutes: int, end: str) -> None:
    assert ends(offices(), start, minutes, Pace.CONTINUOUS) == end
    passed = clock.between(offices(), beijing(start), beijing(end), Pace.CONTINUOUS)
    assert passed == minutes


def test_a_span_goes_on_after_a_pause_over_midnight() -> None:
    """300 minutes from Monday 14:00, paused from 16:00 until Tuesday 9:00: 180 are left."""
    start, pause, resume = map(
        beijing, ("2026-03-02 14:00", "2026-03-02 16:00", "2026-03-03 09:00")
    )
    left = 300 - clock.between(offices(), start, pause, Pace.WORKING)
    assert left == 180
    found = clock.after(offices(), resume, Span(left, Pace.WORKING))
    assert shown(found.at) == "2026-03-03 13:30"  # 150 until 11:30, 30 from 13:00
    by_night = 300 - clock.between(offices(), start, pause, Pace.CONTINUOUS)
    assert shown(resume + timedelta(minutes=by_night)) == "2026-03-03 12:00"


def test_a_begun_minute_and_clocks_that_differ_use_nothing() -> None:
    nine = beijing("2026-03-02 09:00")
    for pace in Pace:
        assert clock.between(offices(), nine, nine + timedelta(seconds=59), pace) == 0
        assert clock.between(offices(), nine, nine - timedelta(seconds=1), pace) == 0
        assert clock.between(offices(), nine, nine + timedelta(seconds=60), pace) == 1


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        # 2027 is entered, 2028 is not: 1 January is off by its date, Sunday the 2nd by its day.
        ("2027-12-31 16:00", 61, "2028-01-03 08:31 estimated"),
        ("2027-12-30 16:00", 60, "2027-12-30 17:00 estimated"),  # 2028 may move it yet
        ("2027-12-23 16:00", 60, "2027-12-23 17:00"),
        # May Day of 2028 is a Monday, the 2nd a Tuesday; both are fixed by date.
        ("2028-04-28 16:00", 61, "2028-05-03 08:31 estimated"),
        # National Day of 2028 is a Sunday.
        ("2028-09-29 16:00", 61, "2028-10-04 08:31 estimated"),
        # Nobody can say yet when the Spring Festival of 2028 is off (26 January is its day).
        ("2028-01-26 08:30", 1, "2028-01-26 08:31 estimated"),
    ],
)
def test_a_year_that_nobody_has_announced(start: str, minutes: int, end: str) -> None:
    assert ends(offices(*announced(2027)), start, minutes) == end


def test_a_year_is_announced_once_all_seven_festivals_have_a_day_off() -> None:
    *six, last = announced(2028)
    worked = structs.replace(last, kind=W)
    for calendar in (offices(), offices(*six), offices(*six, worked)):
        assert not clock.is_announced(calendar, 2028)
    whole = offices(*six, last)
    assert clock.is_announced(whole, 2028)
    # Then only what was entered is off: 2 May 2028 is a Tuesday like others.
    assert clock.works_on(whole, "2028-05-02")
    assert not clock.works_on(offices(*six), "2028-05-02")
    assert ends(whole, "2028-05-02 08:30", 1) == "2028-05-02 08:31"


def test_a_day_of_its_own_is_certain_in_a_year_that_is_not_announced() -> None:
    assert ends(offices(entered("2028-03-01", W)), "2028-03-01 08:30", 1) == "2028-03-01 08:31"


def test_what_the_city_entered_wins() -> None:
    """Monday 2 March 2026 becomes a day off; Sunday the 8th a day at work; and back."""
    ordinary = offices()
    changed = offices(entered("2026-03-02", H), entered("2026-03-08", W))
    assert ends(changed, "2026-03-02 08:30", 1) == "2026-03-03 08:31"
    assert ends(changed, "2026-03-06 16:00", 61) == "2026-03-08 08:31"
    assert ends(ordinary, "2026-03-02 08:30", 1) == "2026-03-02 08:31"
    assert ends(ordinary, "2026-03-06 16:00", 61) == "2026-03-09 08:31"
    published = entered("2026-02-16", W)  # a published holiday
    assert ends(offices(published), "2026-02-14 16:00", 61) == "2026-02-16 08:31"


def test_a_place_that_works_on_saturdays_and_by_night() -> None:
    hours = structs.replace(
        DEFAULT_HOURS,
        weekdays=[1, 2, 3, 4, 5, 6],
        intervals=[Interval(0, 360), Interval(1320, 1440)],
    )
    firm = calendar_of(hours, ())
    assert ends(firm, "2026-03-07 21:00", 120) == "2026-03-08 00:00"  # to the end of Saturday
    assert ends(firm, "2026-03-07 21:00", 121) == "2026-03-09 00:01"
    assert not clock.works_on(firm, "2026-01-03")  # a Saturday of New Year
    assert clock.works_on(firm, "2026-01-04")  # a Sunday that everybody works


def test_a_span_that_no_calendar_holds() -> None:
    shut = offices(
        *(entered(plus_days("2026-01-01", n), H) for n in range(clock.FARTHEST_DAYS))
    )
    with pytest.raises(OverflowError):
        clock.after(shut, beijing("2026-01-01 09:00"), Span(1, Pace.WORKING))


def test_the_library_has_the_festivals_by_our_names() -> None:
    found = {holidays.published(day) for day in days_between("2026-01-01", "2026-12-31")}
    assert {each.festival for each in found if each} == YEARLY
    assert {each.origin for each in found if each} == {Origin.PUBLISHED}
    jubilee = holidays.published("2015-09-03")  # of the victory of 1945
    assert jubilee
    assert (jubilee.kind, jubilee.festival) == (H, Festival.OTHER)
    assert holidays.is_published(2026)
    assert not holidays.is_published(2003)


AUTUMN = datetime(2025, 11, 1, tzinfo=UTC)
INSTANTS = st.timedeltas(timedelta(), timedelta(days=850)).map(lambda later: AUTUMN + later)
MINUTES = st.integers(0, 20 * DAY)
PACES = st.sampled_from(Pace)
DRAWN = st.lists(
    st.builds(
        entered,
        st.integers(0, 850).map(lambda n: plus_days("2025-11-01", n)),
        st.sampled_from(DayKind),
    ),
    max_size=20,
)
BY_NIGHT = structs.replace(
    DEFAULT_HOURS, weekdays=[6, 7], intervals=[Interval(0, 360), Interval(1320, 1440)]
)
CALENDARS = st.builds(calendar_of, st.sampled_from([DEFAULT_HOURS, BY_NIGHT]), DRAWN)


@given(INSTANTS, MINUTES, PACES, CALENDARS)
def test_what_is_used_of_a_span_until_its_end_is_the_span(
    start: datetime, minutes: int, pace: Pace, calendar: Calendar
) -> None:
    end = clock.after(calendar, start, Span(minutes, pace)).at
    assert end >= start
    assert clock.between(calendar, start, end, pace) == minutes


@given(INSTANTS, MINUTES, st.floats(0, 1), CALENDARS)
def test_a_pause_of_no_time_moves_no_end(
    start: datetime, minutes: int, share: float, calendar: Calendar
) -> None:
    """But for the part of a minute that had begun: it is given back."""
    end = clock.after(calendar, start, Span(minutes, Pace.WORKING)).at
    pause = start + (end - start) * share
    left = minutes - clock.between(calendar, start, pause, Pace.WORKING)
    again = clock.after(calendar, pause, Span(left, Pace.WORKING)).at
    assert clock.between(calendar, end, again, Pace.WORKING) <= 1
    assert again >= min(end, pause)
    assert clock.between(calendar, start, again, Pace.WORKING) - minutes in {0, 1}


@given(INSTANTS, st.tuples(MINUTES, MINUTES), st.timedeltas(timedelta(), timedelta(9)), PACES)
def test_more_ends_no_sooner_and_neither_does_what_begins_later(
    start: datetime, lengths: tuple[int, int], later: timedelta, pace: Pace
) -> None:
    less, more = (Span(minutes, pace) for minutes in sorted(lengths))
    first = clock.after(offices(), start, less).at
    assert first <= clock.after(offices(), start, more).at
    assert first <= clock.after(offices(), start + later, less).at
    used = [clock.between(offices(), start, start + part, pace) for part in (later / 2, later)]
    assert used == sorted(used)
