"""Working time over HTTP: who keeps the calendar and the hours, and what spans make of them."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from services.kernel.permissions import Role
from services.places.models import Kind
from services.working_time import actions
from services.working_time.hours import actions as hours
from services.working_time.hours.models import DEFAULT_HOURS, Interval
from services.working_time.models import Pace, Span
from tests.build.cast import (
    COMMUNITY,
    COMPOUND,
    LI_HOME,
    OTHER_COMPOUND,
    UNIT,
    Estate,
    appoint,
)
from tests.build.homes import acts, at_once
from tests.build.sign_ins import Member
from tests.build.world import Reply

pytestmark = pytest.mark.slow

NOTICE = {"number": "长府办发〔2026〕1号", "title": "关于暴雪停工的通知"}
SNOW = {"kind": "holiday", "name": "暴雪停工", "source": NOTICE}
EARLY = {"weekdays": [1, 2, 3, 4, 5, 6], "intervals": [{"begins": "06:00", "ends": "14:00"}]}
FRIDAY = datetime(2026, 3, 6, 8, tzinfo=UTC)  # 16:00 in Beijing, an hour before closing


async def put(estate: Estate, path: str, body: Any, who: Member) -> Reply:
    raw = msgspec.json.encode(body)
    return await estate.world.api.call("PUT", f"/api/v1/{path}", raw, as_=who)


async def drop(estate: Estate, path: str, who: Member) -> int:
    return (await estate.world.api.delete(f"/api/v1/{path}", as_=who)).status


async def year(estate: Estate, number: int) -> dict[str, Any]:
    reply = await estate.world.api.get(
        f"/api/v1/calendar-days?year={number}", as_=await estate.member("li")
    )
    assert reply.status == 200, reply.body
    return {**reply.body, "days": {each["day"]: each for each in reply.body["days"]}}


async def set_for(estate: Estate, place: str) -> tuple[str | None, str]:
    """For which place the hours of one were set, and when they begin."""
    reply = await estate.world.api.get(
        f"/api/v1/places/{place}/working-hours", as_=await estate.member("li")
    )
    assert (reply.status, reply.body["place"]) == (200, place)
    return reply.body["set_for"], reply.body["intervals"][0]["begins"]


async def ends(estate: Estate, place: str = UNIT, minutes: int = 61) -> str:
    """When a span that begins on Friday, 6 March, at 16:00 ends, in UTC."""
    found = await actions.after(estate.world.deps, place, FRIDAY, Span(minutes, Pace.WORKING))
    used = await actions.between(estate.world.deps, place, FRIDAY, found.at, Pace.WORKING)
    assert used == minutes
    return found.at.isoformat()[:16] + (" estimated" if found.is_estimated else "")


async def test_a_day_is_entered_and_taken_back(estate: Estate) -> None:
    admin = await estate.member("admin")
    before = await ends(estate)
    assert before == "2026-03-09T00:31"  # Monday, 8:31 in Beijing
    made = await put(estate, "calendar-days/2026-03-09", SNOW, admin)
    assert (made.status, made.body["origin"]) == (200, "entered")
    assert made.body["source"] == {**NOTICE, "url": None}
    assert await ends(estate) == "2026-03-10T00:31"
    worked = {**SNOW, "kind": "workday"}
    assert (await put(estate, "calendar-days/2026-03-08", worked, admin)).status == 200
    assert await ends(estate) == "2026-03-08T00:31"  # a Sunday
    shown = (await year(estate, 2026))["days"]
    assert [shown[f"2026-03-{day}"]["kind"] for day in ("08", "09")] == ["workday", "holiday"]
    for _ in range(2):
        for day in ("2026-03-08", "2026-03-09"):
            assert await drop(estate, f"calendar-days/{day}", admin) == 204
    assert await ends(estate) == before
    removed = await acts(estate.world, "calendar.day_removed")
    assert [row["facts"]["before"] for row in removed] == ["workday", "holiday", None, None]
    [first, _] = await acts(estate.world, "calendar.day_set")
    assert (first["place"], first["subject"]) == ("cc", "2026-03-09")
    assert first["facts"] == {"kind": "holiday", "before": None}


async def test_the_calendar_of_a_year_says_where_each_day_is_from(estate: Estate) -> None:
    published = await year(estate, 2026)
    assert (published["is_announced"], len(published["days"])) == (True, 39)
    saturday = published["days"]["2026-02-14"]
    assert (saturday["kind"], saturday["festival"]) == ("workday", "spring_festival")
    assert (saturday["origin"], saturday["source"]) == ("published", None)
    unknown = await year(estate, 2028)
    fixed = ["01-01", "05-01", "05-02", "10-01", "10-02", "10-03"]
    assert [*unknown["days"]] == [f"2028-{day}" for day in fixed]
    assert {each["origin"] for each in unknown["days"].values()} == {"statute"}
    assert unknown["is_announced"] is False


async def test_a_year_is_announced_when_its_seven_festivals_are_entered(estate: Estate) -> None:
    await appoint(estate.world.deps, Role.CITY_STAFF, "cc", "wang")
    clerk = await estate.member("wang")
    festivals = {
        "2027-01-01": "new_years_day",
        "2027-02-06": "spring_festival",
        "2027-04-05": "tomb_sweeping_day",
        "2027-05-01": "labour_day",
        "2027-06-09": "dragon_boat_festival",
        "2027-09-15": "mid_autumn_festival",
        "2027-10-01": "national_day",
    }
    for day, festival in festivals.items():
        assert (await year(estate, 2027))["is_announced"] is False
        body = {**SNOW, "name": "放假", "festival": festival}
        assert (await put(estate, f"calendar-days/{day}", body, clerk)).status == 200
    assert (await year(estate, 2027))["is_announced"] is True


@pytest.mark.parametrize(
    ("day", "change", "code"),
    [
        ("2026-02-30", {}, "invalid_input"),
        ("2029-01-01", {}, "calendar_day_too_far"),
        ("1999-01-01", {}, "invalid_input"),
        ("2026-03-09", {"kind": "half"}, "invalid_input"),
        ("2026-03-09", {"name": " "}, "invalid_input"),
        ("2026-03-09", {"source": None}, "invalid_input"),
        ("2026-03-09", {"source": {**NOTICE, "url": "javascript:alert(1)"}}, "invalid_input"),
    ],
)
async def test_days_that_cannot_be(
    estate: Estate, day: str, change: dict[str, Any], code: str
) -> None:
    admin = await estate.member("admin")
    reply = await put(estate, f"calendar-days/{day}", {**SNOW, **change}, admin)
    assert (reply.status, reply.code) == (422, code)
    assert await estate.world.db.calendar_days.count_documents({}) == 0


async def test_hours_hold_below_a_place_until_another_sets_its_own(estate: Estate) -> None:
    staff = await estate.member("staff")
    late = {"weekdays": [7, 1, 1], "intervals": [{"begins": "20:00", "ends": "24:00"}]}
    assert await set_for(estate, LI_HOME) == (None, "08:30")
    above = await put(estate, f"places/{COMMUNITY}/working-hours", late, staff)
    assert (above.status, above.body["weekdays"]) == (200, [1, 7])
    assert above.body["intervals"] == [{"begins": "20:00", "ends": "24:00"}]
    made = await put(estate, f"places/{COMPOUND}/working-hours", EARLY, staff)
    assert (made.status, made.body["set_for"]) == (200, COMPOUND)
    assert await set_for(estate, LI_HOME) == (COMPOUND, "06:00")
    assert await set_for(estate, OTHER_COMPOUND) == (COMMUNITY, "20:00")
    assert await set_for(estate, f"{COMPOUND}1") == (COMMUNITY, "20:00")  # nothing is there
    assert await ends(estate) == "2026-03-06T23:01"  # Saturday, 7:01 in Beijing
    assert await ends(estate, OTHER_COMPOUND) == "2026-03-08T13:01"  # Sunday, 21:01
    for _ in range(2):
        assert await drop(estate, f"places/{COMPOUND}/working-hours", staff) == 204
    assert await set_for(estate, LI_HOME) == (COMMUNITY, "20:00")
    removed = await acts(estate.world, "place.working_hours_removed")
    assert [row["facts"] for row in removed] == [{"again": False}, {"again": True}]
    [_, done] = await acts(estate.world, "place.working_hours_set")
    assert done["facts"] == {"weekdays": [1, 2, 3, 4, 5, 6], "minutes": 480}


@pytest.mark.parametrize(
    ("place", "intervals", "code"),
    [
        (COMPOUND, [("14:00", "14:00")], "hours_backwards"),
        (COMPOUND, [("22:00", "06:00")], "hours_backwards"),
        (COMPOUND, [("24:00", "24:00")], "hours_backwards"),
        (COMPOUND, [("13:00", "17:00"), ("08:00", "13:01")], "hours_overlap"),
        (COMPOUND, [("08:00", "17:00"), ("08:00", "17:00")], "hours_overlap"),
        (COMPOUND, [("08:00", "17:00"), ("09:00", "10:00")], "hours_overlap"),
        (COMPOUND, [("08:00", "08:59")], "hours_too_short"),
        (COMPOUND, [], "invalid_input"),
        (COMPOUND, [(f"{n:02d}:00", f"{n:02d}:30") for n in range(5)], "invalid_input"),
        (COMPOUND, [("08:00", "24:01")], "invalid_input"),
        (COMPOUND, [("8:00", "12:00")], "invalid_input"),
        (UNIT, [("08:00", "17:00")], "hours_wrong_place"),
        (LI_HOME, [("08:00", "17:00")], "hours_wrong_place"),
    ],
)
async def test_hours_that_cannot_be(
    estate: Estate, place: str, intervals: list[tuple[str, str]], code: str
) -> None:
    wish = {**EARLY, "intervals": [{"begins": b, "ends": e} for b, e in intervals]}
    staff = await estate.member("staff")
    reply = await put(estate, f"places/{place}/working-hours", wish, staff)
    assert (reply.status, reply.code) == (422, code)


async def test_hours_that_touch_are_two(estate: Estate) -> None:
    """By night, from 22 to 6: to midnight, and from it. Sent in any order."""
    night = [{"begins": "22:00", "ends": "24:00"}, {"begins": "00:00", "ends": "06:00"}]
    staff = await estate.member("staff")
    path = f"places/{COMPOUND}/working-hours"
    made = await put(estate, path, {"weekdays": [5, 6], "intervals": night}, staff)
    assert [each["begins"] for each in made.body["intervals"]] == ["00:00", "22:00"]
    kept = await hours.of(estate.world.deps, LI_HOME)
    assert kept.intervals == [Interval(0, 360), Interval(1320, 1440)]
    # 120 minutes until midnight and 1 after it, on Saturday
    assert await ends(estate, minutes=121) == "2026-03-06T16:01"


async def test_of_two_who_set_hours_at_once_one_is_kept_whole(estate: Estate) -> None:
    staff, admin = await estate.member("staff"), await estate.member("admin")
    path = f"places/{COMPOUND}/working-hours"
    others = {"weekdays": [7], "intervals": [{"begins": "09:00", "ends": "12:00"}]}
    replies = await at_once(put(estate, path, EARLY, staff), put(estate, path, others, admin))
    assert [reply.status for reply in replies] == [200, 200]
    kept = await hours.of(estate.world.deps, COMPOUND)
    assert (kept.weekdays, kept.intervals) in (
        ([1, 2, 3, 4, 5, 6], [Interval(360, 840)]),
        ([7], [Interval(540, 720)]),
    )
    assert len(await acts(estate.world, "place.working_hours_set")) == 2


async def test_a_span_into_a_year_that_nobody_announced_says_so(estate: Estate) -> None:
    minutes = sum(each.ends - each.begins for each in DEFAULT_HOURS.intervals) * 220
    assert (await ends(estate, minutes=minutes)).endswith(" estimated")
    by_day = Span(400 * 1440, Pace.CONTINUOUS)
    assert not (await actions.after(estate.world.deps, UNIT, FRIDAY, by_day)).is_estimated


def test_hours_are_set_down_to_the_compound() -> None:
    below = {Kind.BUILDING, Kind.UNIT, Kind.HOME, Kind.GRID}
    assert set(Kind) - below == hours.WITH_HOURS
