"""Deadlines of repairs: instants worked out by hand on the calendar of China.

Working hours are 08:30 to 11:30 and 13:00 to 17:00, in Beijing: 420 minutes a day. What is
normal is to be taken on within 420 of them and mended within 1260.
"""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.build.cast import LI_HOME
from tests.build.repairs import TAP, Works
from tests.build.world import Clock

BEIJING = ZoneInfo("Asia/Shanghai")
DAY_AND_NIGHT = 24 * 60


def at(when: str) -> datetime:
    return datetime.fromisoformat(when).replace(tzinfo=BEIJING)


def due(seen: dict[str, Any]) -> datetime | None:
    return datetime.fromisoformat(seen["due_at"]) if seen["due_at"] else None


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> Clock:
    """The time at which the test begins."""
    return Clock(at(request.param)) if hasattr(request, "param") else Clock()


def begins(when: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("clock", [when], indirect=True)


async def until(works: Works, when: str) -> None:
    """Let the time come, and the worker do what is due."""
    left = at(when) - works.world.clock.now
    await works.advance(seconds=left.total_seconds())
    await works.world.work()


@begins("2026-02-13T15:00")  # a Friday
async def test_over_the_spring_festival_and_the_saturday_that_is_worked(works: Works) -> None:
    """Saturday the 14th is worked for the festival, which is from the 15th to the 23rd."""
    repair_id = await works.report("li", danger="normal")
    seen = await works.see("li", repair_id)
    # Friday 120, Saturday 300: from 08:30 to 11:30 and from 13:00 on.
    assert due(seen) == at("2026-02-14T15:00")
    await works.hand_out(repair_id)
    seen = await works.see("li", repair_id)
    # Friday 120, Saturday 420, Tuesday the 24th 420, Wednesday 300.
    assert due(seen) == at("2026-02-25T15:00")
    assert (seen["is_due_estimated"], seen["overdue"]) == (False, False)


@begins("2026-02-13T15:00")
async def test_a_pause_over_midnight_moves_it_by_what_was_left(works: Works) -> None:
    repair_id = await works.report("li", danger="normal")
    await works.hand_out(repair_id)
    await until(works, "2026-02-13T16:00")  # 60 are used, 1200 are left
    goes_on = at("2026-02-14T10:00").isoformat()
    paused = await works.do("repairer", repair_id, "pause", reason="materials", until=goes_on)
    assert (paused["due_at"], paused["state"]) == (None, "paused")
    await until(works, "2026-02-14T10:00")
    seen = await works.see("li", repair_id)
    assert (seen["state"], seen["paused_until"]) == ("assigned", None)
    # Saturday 90 + 240, Tuesday 420, Wednesday 420, Thursday 30.
    assert due(seen) == at("2026-02-26T09:00")


@begins("2026-03-02T22:00")
async def test_what_runs_day_and_night_is_moved_by_all_of_a_pause(works: Works) -> None:
    repair_id = await works.report("li", danger="danger")
    assert due(await works.see("li", repair_id)) == at("2026-03-02T22:30")
    await works.hand_out(repair_id)
    assert due(await works.see("li", repair_id)) == at("2026-03-03T22:00")
    await until(works, "2026-03-02T23:00")
    goes_on = at("2026-03-03T09:00").isoformat()
    await works.do("repairer", repair_id, "pause", reason="weather", until=goes_on)
    await until(works, "2026-03-03T01:00")
    seen = await works.do("repairer", repair_id, "resume")
    assert due(seen) == at("2026-03-04T00:00")
    await until(works, "2026-03-03T09:00")  # the pause that was cut short does nothing then
    assert (await works.see("li", repair_id))["state"] == "working"


@begins("2026-12-30T15:00")  # a Wednesday
async def test_over_new_year_into_a_year_that_nobody_has_announced(works: Works) -> None:
    old = await works.report("li", danger="normal")
    seen = await works.see("li", old)
    # Wednesday 120, Thursday 300; the announcement of 2027 may still move these days.
    assert (due(seen), seen["is_due_estimated"]) == (at("2026-12-31T15:00"), True)
    await works.hand_out(old)
    seen = await works.see("li", old)
    # Wednesday 120, Thursday 420, not on New Year's Friday, Monday the 4th 420, Tuesday 300.
    assert (due(seen), seen["is_due_estimated"]) == (at("2027-01-05T15:00"), True)
    assert seen["number"] == "26-0001"
    await until(works, "2026-12-31T23:59")
    assert (await works.see("li", await works.report("li")))["number"] == "26-0002"
    await until(works, "2027-01-01T00:00")
    assert (await works.see("li", await works.report("li")))["number"] == "27-0001"
    seen = await works.see("li", old)
    assert (seen["number"], due(seen)) == ("26-0001", at("2027-01-05T15:00"))


async def test_what_was_not_fixed_has_the_time_of_its_class_anew(works: Works) -> None:
    repair_id = await works.report("li", danger="urgent")
    await works.advance(hours=47)
    await works.repaired(repair_id)
    assert (await works.see("li", repair_id))["due_at"] is None
    await works.advance(hours=30)
    seen = await works.do("li", repair_id, "answer", fixed=False)
    assert due(seen) == works.world.clock.now + timedelta(hours=48)
    assert (seen["overdue"], seen["done"]) == (False, None)
    await works.do("repairer", repair_id, "start")
    await works.do("repairer", repair_id, "finish", summary="又换了一个")
    await works.do("li", repair_id, "answer", fixed=True)
    await works.advance(days=20)
    seen = await works.do("li", repair_id, "reopen", reason="又不亮了")
    assert due(seen) == works.world.clock.now + timedelta(hours=48)


async def test_who_wins_an_appeal_gets_the_whole_time(works: Works) -> None:
    repair_id = await works.report("li", danger="urgent")
    await works.do("dispatcher", repair_id, "refuse", reason="不在维修范围内")
    await works.do("li", repair_id, "appeal", reason="是公共的灯")
    await works.advance(days=5)
    await works.do("staff", repair_id, "appeal-decision", accept=True, reason="是公共的")
    seen = await works.see("li", repair_id)
    assert due(seen) == works.world.clock.now + timedelta(hours=48)
    assert (seen["state"], seen["overdue"]) == ("accepted", False)


async def test_a_pause_before_any_worker_noticed_puts_the_ladder_off(works: Works) -> None:
    """As much of it is climbed as without the pause: the days of rest count for no rung."""
    repair_id = await works.report("li", danger="danger")
    await works.hand_out(repair_id)
    await works.advance(hours=25)  # an hour late, and no worker runs
    goes_on = works.world.clock.now + timedelta(days=20)
    body = {"reason": "others", "until": goes_on.isoformat()}
    seen = await works.do("repairer", repair_id, "pause", **body)
    assert (seen["due_at"], seen["overdue"]) == (None, True)
    await works.advance(days=10)
    await works.do("repairer", repair_id, "resume")
    await works.world.work()
    rows = await works.history("dispatcher", repair_id)
    late = [(row["action"], row["rung"]) for row in rows if row["who"] == "clock"]
    assert late == [("overdue", None), ("climbed", "物业调度")]
    await works.advance(hours=6)
    await works.world.work()
    rows = await works.history("dispatcher", repair_id)
    assert [row["rung"] for row in rows if row["rung"]] == ["物业调度", "物业经理"]


async def test_what_has_passed_stays_passed_while_it_rests(works: Works) -> None:
    """It is late all the time, and its ladder waits as long as the work does."""
    repair_id = await works.report("li", danger="danger")
    passes = works.world.clock.now + timedelta(minutes=DAY_AND_NIGHT)
    await works.hand_out(repair_id)
    await works.advance(hours=26)
    await works.world.work()
    goes_on = works.world.clock.now + timedelta(hours=10)
    seen = await works.do(
        "repairer", repair_id, "pause", reason="others", until=goes_on.isoformat()
    )
    assert (seen["due_at"], seen["overdue"]) == (None, True)
    await works.advance(hours=10)
    await works.world.work()
    seen = await works.see("li", repair_id)
    assert (due(seen), seen["overdue"]) == (passes, True)
    assert await works.told("manager", "repair_late") == []
    await works.advance(hours=4)  # six hours after it passed, without the pause
    await works.world.work()
    assert len(await works.told("manager", "repair_late")) == 1


async def completion(works: Works, repair_id: str) -> datetime:
    """Return when the work is due, whichever deadline runs."""
    found = await works.world.db.repairs.find_one({"_id": repair_id})
    assert found is not None
    due: datetime = found["clocks"]["completion"]["due_at"]
    return due


async def test_who_is_asked_to_come_later_is_not_late(works: Works) -> None:
    now = works.world.clock.now
    home = {"place": LI_HOME, "category": TAP}
    usual = await completion(works, await works.report("li", **home))
    wishes = [
        {
            "begins": (now + timedelta(days=days)).isoformat(),
            "ends": (now + timedelta(days=days, hours=9)).isoformat(),
        }
        for days in (20, 29, 0)
    ]
    ends = [datetime.fromisoformat(wish["ends"]) for wish in wishes]
    assert ends[2] < usual < ends[0]
    repair_id = await works.report("li", **home, wish=wishes[0])
    assert await completion(works, repair_id) == ends[0]
    await works.send("PATCH", "li", f"repairs/{repair_id}", wish=wishes[1])
    assert await completion(works, repair_id) == ends[1]
    await works.send("PUT", "dispatcher", f"repairs/{repair_id}/class", danger="urgent")
    assert await completion(works, repair_id) == ends[1]
    await works.send("PUT", "dispatcher", f"repairs/{repair_id}/class", danger="normal")
    for wish in (wishes[2], None):
        await works.send("PATCH", "li", f"repairs/{repair_id}", wish=wish)
        assert await completion(works, repair_id) == usual
