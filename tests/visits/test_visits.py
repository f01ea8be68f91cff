"""Visits: planned, made and seen by the office whose they are; others see how many."""

from typing import Any, Final

import pytest

from mongo_indexes import visits
from services.kernel.permissions import Role
from services.kernel.today import Part
from services.visits import jobs
from tests.build.cast import (
    COMMUNITY,
    LI_HOME,
    NEXT_UNIT,
    SUN_HOME,
    UNIT,
    WANG_HOME,
    appoint,
)
from tests.build.offices import make_grid
from tests.build.photos import on_disk, sent
from tests.visits.conftest import Doors

SAID: Final = "老人身体好,想装扶手"


def wish(**more: Any) -> dict[str, Any]:
    return {"home": LI_HOME, "purpose": "check_in", "day": "2026-03-05", **more}


async def planned(doors: Doors, who: str = "head", **more: Any) -> str:
    return str((await doors.done(who, "visits", **wish(**more)))["visit_id"])


async def listed(doors: Doors, who: str = "head", query: str = "") -> list[Any]:
    return list((await doors.seen(who, f"visits{query}"))["items"])


async def test_a_visit_is_planned_put_off_made_and_planned_again(doors: Doors) -> None:
    visit_id = await planned(doors, every_days=30)
    assert await doors.today("head", "visits.due") == []
    later = await doors.done("head", f"visits/{visit_id}/day", day="2026-03-02")
    assert (later["day"], later["state"]) == ("2026-03-02", "planned")
    [entry] = await doors.today("head", "visits.due")
    assert (entry.key, entry.place, entry.title) == (visit_id, LI_HOME, "走访:关爱看望")
    assert await doors.due("visits.due", COMMUNITY, NEXT_UNIT) == {COMMUNITY: 1, NEXT_UNIT: 0}
    made = await doors.done("head", f"visits/{visit_id}/result", outcome="met", minutes=SAID)
    assert (made["state"], made["outcome"], made["minutes"]) == ("made", "met", SAID)
    assert await doors.today("head", "visits.due") == []
    _, after = await listed(doors)
    assert after["visit_id"] == made["next_visit_id"]
    assert (after["day"], after["every_days"]) == ("2026-04-01", 30)
    again = await doors.post("head", f"visits/{visit_id}/result", outcome="refused")
    assert (again.status, again.code) == (409, "visit_moved_on")
    acts = await doors.acts()
    assert [each for each in acts if each.startswith("visit.")] == [
        "visit.planned",
        "visit.postponed",
        "visit.recorded",
    ]


async def test_what_is_due_is_read_part_by_part(doors: Doors) -> None:
    ids = [
        await planned(doors, purpose=purpose, day=f"2026-03-{day}")
        for purpose, day in (
            ("policy", "03"),
            ("survey", "03"),
            ("safety", "04"),
            ("fee", "09"),
        )
    ]
    await doors.estate.advance(days=2)
    deps, actor = doors.world.deps, await doors.actor("head")
    [kind] = [each for each in deps.features.today if each.name == "visits.due"]
    first = [*await kind.read(deps, actor, Part(limit=2))]
    assert {each.key for each in first} == {*ids[:2]}
    last = first[-1]
    assert last.due_at is not None
    rest = await kind.read(deps, actor, Part(limit=2, after=(last.due_at, last.key)))
    assert [each.key for each in rest] == [ids[2]], "the fourth has time"
    others = await kind.read(deps, actor, Part(limit=5, without=[ids[0]]))
    assert [each.key for each in others] == [ids[1], ids[2]]
    assert rest[0].due_at is not None
    overdue = await kind.read(deps, actor, Part(limit=5, until=rest[0].due_at))
    assert {each.key for each in overdue} == {*ids[:2]}


async def test_minutes_are_sealed_and_go_after_a_year(doors: Doors) -> None:
    head = await doors.member("head")
    photo = await sent(doors.world.api, head, purpose="visit")
    body = {"home": LI_HOME, "purpose": "greeting", "outcome": "met", "minutes": SAID}
    made = await doors.done("head", "visits/unplanned", **body, photo_ids=[photo])
    assert [each["photo_id"] for each in made["photos"]] == [photo]
    seen = await doors.get("staff", f"photos/{photo}/url")
    assert seen.status == 404, "who holds the permission there does not keep the visit"
    kept = await doors.world.db[visits.COLLECTION].find_one({})
    assert kept is not None
    assert SAID not in str(kept)
    await doors.estate.advance(days=364)
    await jobs.remove_minutes(doors.world.deps, {})
    assert await doors.world.db[visits.COLLECTION].find_one({}) == kept
    await doors.estate.advance(days=1)
    await jobs.remove_minutes(doors.world.deps, {})
    await doors.world.work()
    after = await doors.world.db[visits.COLLECTION].find_one({})
    assert after is not None
    assert (after["minutes_sealed"], after["photos"], after["people"]) == ("", [], [])
    assert (after["outcome"], after["day"]) == ("met", "2026-03-02")
    assert on_disk(doors.world.deps) == []


async def test_a_neighbouring_head_knows_of_nothing(doors: Doors) -> None:
    visit_id = await planned(doors)
    assert await listed(doors, "next_head") == []
    for reply in (
        await doors.get("next_head", f"visits/{visit_id}"),
        await doors.get("next_head", f"visits?home={LI_HOME}"),
        await doors.post("next_head", f"visits/{visit_id}/cancel"),
        await doors.post("next_head", "visits", **wish()),
        await doors.get("staff", f"visits/{visit_id}"),
    ):
        assert reply.status == 404, reply.body
    assert (await doors.get("li", "visits")).status == 403


async def test_supervisors_see_counts_and_only_their_own_visits(doors: Doors) -> None:
    visit_id = await planned(doors)
    await doors.done("head", f"visits/{visit_id}/result", outcome="met", minutes=SAID)
    await planned(doors, home=WANG_HOME, day="2026-03-02")
    await planned(doors, "next_head", home=SUN_HOME, day="2026-03-02")
    own = await planned(doors, "staff", home=SUN_HOME, day="2026-03-02")
    assert [each["visit_id"] for each in await listed(doors, "staff")] == [own]
    assert await doors.due("visits.due", COMMUNITY) == {COMMUNITY: 2}, "of heads"
    counted = await doors.seen("staff", f"places/{COMMUNITY}/visit-counts")
    lines = {(each["role"], each["place"]): each for each in counted["items"]}
    assert lines.keys() == {
        ("unit_head", UNIT),
        ("unit_head", NEXT_UNIT),
        ("community_staff", COMMUNITY),
    }
    line = lines["unit_head", UNIT]
    assert (line["planned"], line["made"], line["met"]) == (1, 1, 1)
    assert SAID not in str(counted)
    assert (await doors.get("head", f"places/{UNIT}/visit-counts")).status == 403


async def test_the_office_goes_on_with_the_next_head(doors: Doors) -> None:
    visit_id = await planned(doors)
    leaving = {"reason": "搬家", "last_day": "2026-03-02"}
    await doors.done("head", f"appointments/{await office(doors)}/resignation", **leaving)
    await doors.estate.advance(days=1)
    assert (await doors.get("head", "visits")).status == 403
    await appoint(doors.world.deps, Role.UNIT_HEAD, UNIT, "wang")
    assert [each["visit_id"] for each in await listed(doors, "wang")] == [visit_id]


async def office(doors: Doors) -> str:
    found = await doors.world.db.appointments.find_one({"place": UNIT})
    assert found is not None
    return str(found["_id"])


async def test_a_substitute_goes_on_the_days_of_theirs(doors: Doors) -> None:
    refused = await doors.post("head", "visits", **wish(goes="substitute"))
    assert (refused.status, refused.code) == (409, "visit_no_substitute")
    days = {"from_day": "2026-03-04", "to_day": "2026-03-06"}
    stands_in = {"name": "王芳", "phone": "13900000002", **days}
    await doors.done("staff", f"appointments/{await office(doors)}/substitute", **stands_in)
    visit_id = await planned(doors, goes="substitute")
    await doors.estate.advance(days=2)
    assert [each["visit_id"] for each in await listed(doors, "wang")] == [visit_id]
    late = await doors.post("head", f"visits/{visit_id}/day", day="2026-03-09")
    assert (late.status, late.code) == (409, "visit_no_substitute")


@pytest.mark.parametrize("day", ["2026-03-01", "2027-03-04"])
async def test_a_visit_is_planned_within_a_year(doors: Doors, day: str) -> None:
    reply = await doors.post("head", "visits", **wish(day=day))
    assert (reply.status, reply.code) == (422, "bad_visit_day")


async def test_one_plan_for_a_purpose_at_a_time(doors: Doors) -> None:
    visit_id = await planned(doors)
    twice = await doors.post("head", "visits", **wish(day="2026-03-09"))
    assert (twice.status, twice.code) == (409, "visit_planned")
    await doors.done("head", f"visits/{visit_id}/cancel")
    await planned(doors)


async def test_whoever_moved_is_not_visited_again(doors: Doors) -> None:
    visit_id = await planned(doors, every_days=7)
    body = {"outcome": "moved", "next_day": "2026-03-09"}
    refused = await doors.post("head", f"visits/{visit_id}/result", **body)
    assert (refused.status, refused.code) == (422, "visit_nobody_left")
    made = await doors.done("head", f"visits/{visit_id}/result", outcome="moved")
    assert made["next_visit_id"] is None


async def test_what_staff_keep_is_not_their_colleagues(doors: Doors) -> None:
    own = await planned(doors, "staff", home=SUN_HOME)
    await appoint(doors.world.deps, Role.COMMUNITY_STAFF, COMMUNITY, "zhao")
    assert await listed(doors, "zhao") == []
    assert (await doors.get("zhao", f"visits/{own}")).status == 404
    assert [each["visit_id"] for each in await listed(doors, "staff")] == [own]


async def test_only_homes_are_visited_and_counted_for_a_year_at_most(doors: Doors) -> None:
    assert (await doors.post("staff", "visits", **wish(home=UNIT))).status == 404
    year = "day_from=2025-01-01&day_to=2026-03-02"
    assert (await doors.get("staff", f"places/{UNIT}/visit-counts?{year}")).status == 422


async def test_of_whoever_closes_the_account_at_that_moment_nothing_is_kept(
    doors: Doors,
) -> None:
    li = await doors.member("li")
    closed = {"$set": {"closed_at": doors.world.clock.now}}
    await doors.world.db.people.update_one({"_id": li.person_id}, closed)
    body = {"home": LI_HOME, "purpose": "greeting", "outcome": "met"}
    await doors.done("head", "visits/unplanned", **body)
    visit_id = await planned(doors)
    await doors.done("head", f"visits/{visit_id}/result", outcome="met")
    kept = await doors.world.db[visits.COLLECTION].find().to_list()
    assert [row["people"] for row in kept] == [[], []]


async def test_the_substitute_of_another_office_does_not_go(doors: Doors) -> None:
    """Of a grid's head, who stands in for the head of the staircase."""
    grid = (await make_grid(doors.estate)).body["path"]
    await appoint(doors.world.deps, Role.GRID_HEAD, grid, "zhao")
    days = {"from_day": "2026-03-04", "to_day": "2026-03-06"}
    stands_in = {"name": "王芳", "phone": "13900000002", **days}
    await doors.done("staff", f"appointments/{await office(doors)}/substitute", **stands_in)
    refused = await doors.post("zhao", "visits", **wish(goes="substitute"))
    assert (refused.status, refused.code) == (409, "visit_no_substitute")
