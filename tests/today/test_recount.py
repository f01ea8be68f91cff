"""The lists of the demo's 36 unit heads are a naive recount, before and after acts on them."""

from datetime import timedelta
from random import Random
from typing import Any, Final

import pytest

from services.appointments.models import Appointment
from services.grants import actions as grants
from services.heads import hand_overs
from services.home_requests import reviews
from services.home_requests.models import GiveAdvice, HomeRequest, Known
from services.home_requests.states import RequestState
from services.kernel.days import end_of, plus_days
from services.kernel.documents import to_document
from services.kernel.permissions import Actor, Role
from services.notices.visits import actions as visits
from services.notices.visits.models import NewVisit, ToldWhom, VisitResult
from services.residencies.models import Relation
from services.today import actions, put_offs
from services.today.models import MyTodayQuery, PutOffUntil, TodayEntry
from tests.build import compound
from tests.build.cast import STAFF, Estate
from tests.build.compound import opened, recounted
from tests.build.notices import QUESTION, asked, delivered
from tests.build.world import World

pytestmark = pytest.mark.slow
WEIGHTS: Final = {
    "home_requests.to_advise": 30,
    "notices.unreached": 40,
    "heads.to_receive": 70,
    "heads.own_term": 80,
}
NEVER: Final = "9999"
Row = tuple[str, str, str]  # kind, subject, place


@pytest.fixture
async def units(estate: Estate) -> list[str]:
    """The demo's compound, a head for each unit, two notices, and something of all kinds."""
    world, chance = estate.world, Random(13)  # noqa: S311
    found = await compound.build(estate)
    terms = [office(world, unit, chance) for unit in found]
    await world.db.appointments.delete_many({"role": "unit_head"})
    await world.db.appointments.insert_many(map(to_document, terms))
    await world.db.people.insert_many([compound.person(world, head(unit)) for unit in found])
    homes = await world.db.places.distinct("_id", {"kind": "home"})
    chosen = chance.sample(sorted(homes), 25)
    requests = [request(world, number, home, chance) for number, home in enumerate(chosen)]
    await world.db.home_requests.insert_many(map(to_document, requests))
    return found


def head(unit: str) -> str:
    return f"head-{unit}"


def office(world: World, unit: str, chance: Random) -> Appointment:
    """The office of a unit's head, which for some ends within a month."""
    days = chance.choice((0, 5, 29, 30, 31, 300))
    return Appointment(
        id=f"office-{unit}",
        role=Role.UNIT_HEAD,
        place=unit,
        phone_sealed="",
        phone_index=f"phone of {unit}",
        person=head(unit),
        from_day="2025-01-01",
        to_day=plus_days(world.deps.today(), days),
        appointed_by="test",
        appointed_at=world.clock.now,
    )


def request(world: World, number: int, home: str, chance: Random) -> HomeRequest:
    """A request that waits for a head or no more; some are of a head for their own unit."""
    filed = world.clock.now - timedelta(hours=chance.choice((1, 30, 70, 80)))
    unit = home.rpartition(".")[0]
    person = head(unit) if number % 5 == 0 else f"p{number}"
    return HomeRequest(
        id=f"request{number}",
        home=home,
        relation=Relation.TENANT,
        person=person,
        filed_by=person,
        open_key=f"{number}",
        state=RequestState.WITH_COMMUNITY if number % 4 == 0 else RequestState.WITH_HEAD,
        steps=1,
        entered_at=filed,
        name_sealed="",
        created_at=filed,
    )


async def actor_of(world: World, unit: str) -> Actor:
    return Actor(head(unit), "", await grants.grants_of(world.deps, head(unit)))


async def listed(world: World, unit: str) -> list[TodayEntry]:
    """Return the whole list of a unit's head, page by page."""
    found, cursor, actor = list[TodayEntry](), None, await actor_of(world, unit)
    while True:
        query = MyTodayQuery(limit=20, cursor=cursor)
        page = await actions.listing(world.deps, actor, query)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found


def row_of(entry: TodayEntry) -> Row:
    return entry.kind, entry.subject, entry.place


async def naive(world: World, units: list[str]) -> dict[str, list[Row]]:
    """Count everything in the plainest way: all that there is, sifted and sorted by hand."""
    db, found = world.db, {unit: list[tuple[Any, Row, str]]() for unit in units}
    today = world.deps.today()
    for notice in await db.notices.find({"state": "published"}).to_list():
        question = notice["question"]
        due = question["until"] if question else None
        for unit, homes in (await recounted(world, notice["_id"], units)).items():
            for home in homes:
                row = ("notices.unreached", notice["_id"], home)
                found[unit].append((due, row, f"{home}/{notice['_id']}"))
    for each in await db.home_requests.find({}).to_list():
        unit = each["home"].rpartition(".")[0]
        if each["state"] == "with_head" and each["person"] != head(unit):
            due = each["created_at"] + timedelta(days=3)
            row = ("home_requests.to_advise", each["_id"], each["home"])
            found[unit].append((due, row, each["_id"]))
    for each in await db.hand_overs.find({}).to_list():
        if each["state"] == "offered" and each["giver"] != head(each["place"]):
            row = ("heads.to_receive", each["_id"], each["place"])
            found[each["place"]].append((None, row, each["_id"]))
    for each in await db.appointments.find({"role": "unit_head"}).to_list():
        soon = today <= each["to_day"] <= plus_days(today, 30)
        if soon and each.get("end_noted") != each["to_day"]:
            row = ("heads.own_term", each["_id"], each["place"])
            due = end_of(each["to_day"])
            found[each["place"]].append((due, row, each["_id"]))
    held = await db.appointments.distinct("place", {"to_day": {"$gte": today}})
    away = {
        (each["person"], each["kind"], each["entry"])
        for each in await db.today_put_offs.find({}).to_list()
        if each["until"] > world.clock.now
    }
    return {
        unit: [
            row
            for due, row, key in sorted(rows, key=lambda each: rule(world, *each))
            if (head(unit), row[0], key) not in away and unit in held
        ]
        for unit, rows in found.items()
    }


def rule(world: World, due: Any, row: Row, key: str) -> tuple[Any, ...]:
    """The written rule."""
    now, midnight = world.clock.now, end_of(world.deps.today())
    band = 2 if due is None or due > midnight else int(due >= now)
    return band, WEIGHTS[row[0]], due.isoformat() if due else NEVER, key


async def is_right(world: World, units: list[str]) -> dict[str, list[TodayEntry]]:
    expected = await naive(world, units)
    found = {unit: await listed(world, unit) for unit in units}
    assert {unit: [*map(row_of, entries)] for unit, entries in found.items()} == expected
    for unit in units[::9]:
        badge = await actions.badge(world.deps, await actor_of(world, unit))
        assert badge.total == min(len(found[unit]), 100)
        assert badge.overdue == sum(entry.overdue for entry in found[unit])
    return found


async def act_on(world: World, unit: str, entry: TodayEntry, chance: Random) -> str:
    """Do something about an entry as its head does; return what."""
    deps, actor = world.deps, await actor_of(world, unit)
    if entry.can_be_put_off and chance.random() < 0.3:
        later = plus_days(deps.today(), 1)
        await put_offs.put_off(deps, actor, entry.entry_id, PutOffUntil(until_day=later))
        return "put off"
    match entry.kind:
        case "notices.unreached":
            told = NewVisit(result=VisitResult.TOLD, told_whom=ToldWhom.OWNER)
            await visits.record(deps, actor, entry.subject, entry.place, told)
        case "home_requests.to_advise":
            said = GiveAdvice(known=Known.YES, reason="老邻居")
            await reviews.advise(deps, actor, entry.subject, said)
        case "heads.to_receive":
            await hand_overs.receive(deps, actor, entry.subject)
        case _:
            assert entry.can_be_done
            await put_offs.done(deps, actor, entry.entry_id)
    return entry.kind


async def test_the_list_of_each_unit_head_is_a_naive_recount(
    estate: Estate, units: list[str]
) -> None:
    world, chance = estate.world, Random(36)  # noqa: S311
    assert len(units) == 36
    await delivered(estate)
    notice_id = await asked(estate, until=QUESTION["until"])
    await world.work()
    await hand_over_of_former_heads(world, units[::7])
    first = await is_right(world, units)
    assert {entry.kind for entries in first.values() for entry in entries} == {*WEIGHTS}

    done = {
        await act_on(world, unit, entry, chance)
        for unit, entries in first.items()
        for entry in {each.kind: each for each in entries}.values()
        if not entry.overdue
    }
    assert done == {"put off", *WEIGHTS}
    for person in await world.db.people.distinct("_id", {"_id": {"$regex": "^p-.*5$"}}):
        await opened(world, person, notice_id)
    second = await is_right(world, units)
    assert sum(map(len, second.values())) < sum(map(len, first.values()))

    await world.advance(days=8)
    later = await is_right(world, units)
    assert sum(entry.overdue for entries in later.values() for entry in entries) > 100
    back = {row_of(entry) for entries in later.values() for entry in entries}
    assert back & gone(first, second), "what was put off"


def gone(*lists: dict[str, list[TodayEntry]]) -> set[Row]:
    """Return what left the lists meanwhile."""
    first, second = ({row_of(e) for found in each.values() for e in found} for each in lists)
    return first - second


async def hand_over_of_former_heads(world: World, units: list[str]) -> None:
    """Let staff make the lists of heads who left, for those who hold the office now."""
    for unit in units:
        former = office(world, unit, Random(1))  # noqa: S311
        former.id, former.person, former.to_day = f"former-{unit}", "former", "2026-01-31"
        await world.db.appointments.insert_one(to_document(former))
        await hand_overs.hand_over(world.deps, STAFF, former.id)
