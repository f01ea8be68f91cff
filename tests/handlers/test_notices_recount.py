"""Unreached homes of each of the demo's 36 units: a naive recount, whatever happened since."""

from collections import Counter
from random import Random
from typing import Final

import pytest

from demo import people as demo
from services.residencies import store as residencies_store
from services.residencies.models import Relation, Residency
from tests.build import compound
from tests.build.cast import COMPOUND, SUN_HOME, WANG_HOME, Estate
from tests.build.compound import SECOND_HOME, Found, opened, person, recounted
from tests.build.homes import get
from tests.build.mailbox import allow
from tests.build.notices import asked, delivered, knock, send
from tests.build.world import World

pytestmark = pytest.mark.slow
TEMPLATE: Final = "stand-in-notice"
SOME: Final = (f"{COMPOUND}.b3", f"{COMPOUND}.b12")  # buildings with all sorts of homes


@pytest.fixture
async def units(estate: Estate) -> list[str]:
    return await compound.build(estate)


async def figures_at(world: World, notice_id: str, unit: str) -> dict[str, dict[str, int]]:
    """Count every figure of a unit in the plainest way, home by home and person by person."""
    messages = await world.db.messages.find({"broadcast": f"notices:{notice_id}"}).to_list()
    visits = await world.db.notice_visits.find({"notice": notice_id}).to_list()
    answers = await world.db.notice_readings.find(
        {"notice": notice_id, "answered": True}
    ).to_list()
    homes, people = Counter[str](), Counter[str]()
    async for home in world.db.places.find({"kind": "home"}):
        path = home["_id"]
        if not path.startswith(f"{unit}."):
            continue
        told = [each for each in messages if path in each["places"]]
        shown = any(each["shown_at"] for each in told)
        answered = any(each["home"] == path for each in answers)
        answered |= any(each["answered_at"] for each in told)
        at_door = [each["result"] for each in visits if each["home"] == path]
        visited = "told" in at_door or "paper_left" in at_door
        is_reached = shown or answered or visited
        homes.update(
            meant=1,
            pushed=any(each["delivery"] == "sent" for each in told),
            shown=shown,
            answered=answered,
            visited=visited,
            reached=is_reached,
            unreached=not is_reached,
            nobody=not told,
        )
    for each in messages:
        if any(place.startswith(f"{unit}.") for place in each["places"]):
            people.update(
                meant=1,
                pushed=each["delivery"] == "sent",
                shown=bool(each["shown_at"]),
                answered=bool(each["answered_at"]),
            )
    names = ("meant", "pushed", "shown", "answered")
    return {"homes": dict(homes), "people": {name: people[name] for name in names}}


async def listed(estate: Estate, notice_id: str, units: list[str]) -> Found:
    """Return what the list of each unit shows of a notice."""
    found: Found = {}
    for unit in units:
        path = f"places/{unit}/unreached-homes?limit=100"
        reply = await get(estate, "staff", path)
        assert reply.body["next_cursor"] is None
        items = [item for item in reply.body["items"] if item["notice_id"] == notice_id]
        found[unit] = {item["home"]: item["because"] for item in items}
        assert len(found[unit]) == len(items), "a home once"
    return found


async def is_right(estate: Estate, notice_id: str, units: list[str]) -> Found:
    expected = await recounted(estate.world, notice_id, units)
    assert await listed(estate, notice_id, units) == expected
    for building in SOME:
        reply = await get(estate, "staff", f"notices/{notice_id}/reach?place={building}")
        for part in reply.body["below"]:
            counted = await figures_at(estate.world, notice_id, part["place"])
            assert {"homes": part["homes"], "people": part["people"]} == counted
    return expected


async def visited_and_opened(estate: Estate, notice_id: str, chance: Random) -> None:
    """Let people open and answer, and let somebody knock at doors."""
    world = estate.world
    bound = [row["_id"] async for row in world.db.people.find({"_id": {"$regex": "^p-"}})]
    for person_id in chance.sample(sorted(bound), 40):
        await opened(world, person_id, notice_id)
    await send(estate, "PUT", "sun", f"me/notices/{notice_id}/answer", answer="yes")
    knocked = chance.sample([home.place for home in demo.households()], 12)
    for number, home in enumerate(knocked):
        result = ["told", "paper_left", "nobody_there", "refused"][number % 4]
        assert (await knock(estate, notice_id, home, result, who="staff")).status == 201
    path = f"homes/{WANG_HOME}/notices/{notice_id}/answer"
    await send(estate, "PUT", "staff", path, answer="no")


async def moved(estate: Estate, notice_id: str) -> None:
    """Let people move out and in after the notice went out, and open what they may."""
    world = estate.world
    unread = {"broadcast": f"notices:{notice_id}", "shown_at": None, "answered_at": None}
    rows = await world.db.messages.find(unread).sort("person", 1).to_list()
    gone = [row for row in rows if row["person"].startswith("p-")][:6]
    ids = [row["person"] for row in gone]
    over = {"$set": {"to_day": "2026-03-01"}}
    await world.db.residencies.update_many({"person": {"$in": ids}}, over)
    await world.advance(days=1)
    come = [person(world, f"new-{number}") for number in range(3)]
    await world.db.people.insert_many(come)
    made = [
        Residency(
            id=f"new-{number}",
            home=gone[number]["places"][0],
            relation=Relation.OWNER,
            name_sealed="",
            person=f"new-{number}",
            from_day="2026-03-02",
            source="test",
        )
        for number in range(3)
    ]
    await world.deps.in_transaction(lambda tx: residencies_store.put(world.deps.db, tx, made))
    for person_id in (*ids, *(one["_id"] for one in come)):
        await opened(world, person_id, notice_id)


async def test_the_list_of_each_unit_is_a_naive_recount(
    estate: Estate, units: list[str]
) -> None:
    world, chance = estate.world, Random(7)  # noqa: S311
    assert len(units) == 36
    for name in ("li", "wang"):
        await allow(world, name, TEMPLATE)
    notice_id = await asked(estate)
    await world.work()
    first = await is_right(estate, notice_id, units)
    assert sum(map(len, first.values())) == len([*demo.households()])
    assert {"nobody_bound", "inbox_only"} == {*first[units[0]].values()}
    assert first[SECOND_HOME.rpartition(".")[0]][SECOND_HOME] == "pushed_not_opened"

    await visited_and_opened(estate, notice_id, chance)
    second = await is_right(estate, notice_id, units)
    reached = {home for homes in first.values() for home in homes} - {
        home for homes in second.values() for home in homes
    }
    assert {SUN_HOME, WANG_HOME} < reached
    assert len(reached) > 40

    await moved(estate, notice_id)
    estate.members.clear()
    assert await is_right(estate, notice_id, units) == second, "who comes later was not told"

    for name in ("sun", "mei"):
        await allow(world, name, TEMPLATE)
    assert await is_right(estate, notice_id, units) == second
    await estate.advance(hours=2)
    later = await delivered(estate)
    found = await is_right(estate, later, units)
    assert found[SUN_HOME.rpartition(".")[0]][SUN_HOME] == "pushed_not_opened"
    assert await is_right(estate, notice_id, units) == second
