"""Counts for supervisors: how much there is to do at each place, and no more than that."""

from typing import Any

import pytest

from services.kernel.permissions import Role
from services.today import place_counts
from tests.build.cast import (
    COMMUNITY,
    COMPOUND,
    LI_HOME,
    NEXT_UNIT,
    OTHER_COMPOUND,
    UNIT,
    WANG_HOME,
    Estate,
    homes,
)
from tests.build.homes import asked, get, newcomer, post
from tests.build.notices import delivered, everybody, knock
from tests.build.offices import (
    BUILDING,
    CHEN,
    GRID,
    appointed,
    appointment_of,
    head_of,
    make_grid,
)
from tests.build.sign_ins import Member


async def counts(
    estate: Estate, place: str, who: Member | str = "staff"
) -> dict[str, dict[str, int]]:
    reply = await get(estate, who, f"today-counts?place={place}")
    assert reply.status == 200, reply.body
    found = {}
    for item in reply.body["items"]:
        kinds = {each["kind"]: each["count"] for each in item["kinds"]}
        assert item["total"] == sum(kinds.values())
        found[item["place"]] = kinds
    return found


async def test_supervisors_see_how_much_there_is_to_do_and_not_what(estate: Estate) -> None:
    await everybody(estate)
    chen = await newcomer(estate, "chen")
    await asked(estate, chen, LI_HOME)
    notice_id = await delivered(estate)
    office = await appointment_of(estate)
    await post(estate, "staff", f"appointments/{office}/hand-over")
    soon = {"$set": {"to_day": "2026-03-20"}}
    await estate.world.db.appointments.update_one({"_id": office}, soon)
    here = {
        "home_requests.to_advise": 1,
        "notices.unreached": 2,
        "heads.to_receive": 1,
        "heads.own_term": 1,
    }
    assert await counts(estate, BUILDING) == {NEXT_UNIT: {"notices.unreached": 1}, UNIT: here}
    whole = {BUILDING: {**here, "notices.unreached": 3}}
    assert await counts(estate, COMPOUND) == whole
    assert await counts(estate, COMMUNITY) == {
        COMPOUND: whole[BUILDING],
        OTHER_COMPOUND: {},
    }
    assert await counts(estate, UNIT) == {}, "a single home has no list"
    await make_grid(estate)
    assert await counts(estate, GRID) == whole, "its buildings"

    [entry, *_] = (await get(estate, "head", "me/today")).body["items"]
    path = f"me/today/{entry['entry_id']}/put-off"
    assert (await post(estate, "head", path, until_day="2026-03-04")).status == 200
    assert await counts(estate, COMPOUND) == whole, "it is to be done all the same"
    await knock(estate, notice_id, WANG_HOME)
    assert (await counts(estate, BUILDING))[UNIT]["notices.unreached"] == 1

    reply = await get(estate, "staff", f"today-counts?place={COMPOUND}")
    assert {*reply.body["items"][0]} == {"place", "address", "total", "kinds"}
    assert {*reply.body["items"][0]["kinds"][0]} == {"kind", "label", "count"}
    for part in (LI_HOME, WANG_HOME, notice_id, office, "停水"):
        assert part not in reply.raw.decode()


async def test_who_supervises_heads_is_of_the_community_or_above(estate: Estate) -> None:
    world = estate.world
    await make_grid(estate)
    await head_of(world, Role.GRID_HEAD, GRID, CHEN)
    chen = await world.sign_in("chen", CHEN)
    for who in (chen, "head", "li"):
        reply = await get(estate, who, f"today-counts?place={COMPOUND}")
        assert (reply.status, reply.code) == (403, "forbidden")
    reply = await get(estate, "staff", "today-counts?place=cc.chaoyang.guilin")
    assert (reply.status, reply.code) == (404, "not_found")
    mine = (await get(estate, "staff", "today-counts")).body["items"]
    assert [row["place"] for row in mine] == [COMPOUND, OTHER_COMPOUND]
    assert await counts(estate, "cc", "admin") == {"cc.chaoyang": {}}


async def test_who_may_not_see_the_residents_has_no_count_about_a_few_homes(
    estate: Estate,
) -> None:
    world = estate.world
    await everybody(estate)
    await delivered(estate)
    street = await appointed(world, "zhao", Role.SUBDISTRICT_STAFF, "cc.chaoyang.guilin")

    async def rows(place: str) -> dict[str, Any]:
        reply = await get(estate, street, f"today-counts?place={place}")
        return {item["place"]: (item["total"], item["kinds"]) for item in reply.body["items"]}

    assert await rows(BUILDING) == {UNIT: (None, None), NEXT_UNIT: (None, None)}
    for unit in (UNIT, NEXT_UNIT, f"{OTHER_COMPOUND}.b1.u1"):
        await homes(world.deps, {f"{unit}.{door}": 6000 for door in range(601, 611)})
    assert (await rows(BUILDING))[UNIT][0] == 2


async def test_a_count_stops_at_a_thousand(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place_counts, "MOST_COUNTED", 2)
    await everybody(estate)
    await delivered(estate)
    assert await counts(estate, COMPOUND) == {BUILDING: {"notices.unreached": 2}}
