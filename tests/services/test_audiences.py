"""Who an audience means: every filter and many together, against a recount of the same town."""

from collections import Counter, defaultdict
from dataclasses import replace
from itertools import product
from random import Random
from typing import Any, Final

import msgspec
import pytest
from pymongo.monitoring import CommandListener

from server.dependencies import open_mongo
from server.settings import Settings
from services.audiences import actions as audiences
from services.audiences.actions import (
    AudienceEmpty,
    FilterNotYours,
    NoResidents,
    NotAnOffice,
    TooManyPlaces,
)
from services.audiences.models import MOST_PLACES, Audience, Lack
from services.dependencies import Dependencies
from services.kernel.errors import DomainError, NotFound
from services.kernel.paths import covers
from services.kernel.permissions import FIRM_ROLES, Actor, Grant, Permission, Role
from services.messaging.broadcasts.models import Recipients
from services.places.models import Usage
from services.residencies.models import OWNERS, Relation
from tests.build import town as towns
from tests.build.town import COMMUNITY, GRID, ONE, TODAY, TWO, Town
from tests.build.world import World

HOME: Final = f"{ONE}.b1.u1.101"
TEMPLATE: Final = "bill_issued"
ALL_ROLES: Final = [role for role in Role if role.is_office]
PLACES: Final = (
    [COMMUNITY],
    [GRID],
    [f"{TWO}.b2.u1", HOME, f"{ONE}.b1"],
    [ONE, f"{COMMUNITY}.g2"],
)
RELATIONS: Final = ([], [*OWNERS], [Relation.TENANT, Relation.FAMILY], [*Relation])
USES: Final = ([], [Usage.SHOP], [Usage.FLAT, Usage.GARAGE])
SINCE: Final = (None, "2025-12", "2026-01")
LACKS: Final = ([], [Lack.PHONE], [Lack.WECHAT], [*Lack])
ROLES: Final = ([], [Role.UNIT_HEAD, Role.GRID_HEAD], [Role.FIRM_MANAGER], ALL_ROLES)


@pytest.fixture
async def town(world: World) -> Town:
    return await towns.put(world, world.deps.templates[TEMPLATE])


def combinations(count: int) -> list[Audience]:
    """Return audiences of every value of every filter, drawn the same each time."""
    every = [*product(PLACES, RELATIONS, USES, SINCE, LACKS, ROLES)]
    drawn = Random(3).sample(every, count)  # noqa: S311
    return [
        Audience(places=p, relations=r, usages=u, owing_since=s, lacks=lacks, roles=roles)
        for p, r, u, s, lacks, roles in drawn
    ]


async def gathered(deps: Dependencies, audience: Audience, limit: int) -> list[Recipients]:
    frozen, after, found = await audiences.freeze(deps, audience), "", list[Recipients]()
    while True:
        part = await audiences.part(deps, frozen, after, limit)
        found += part.recipients
        if part.after is None:
            return found
        assert part.after > after
        after = part.after


Said = tuple[dict[str, set[str]], set[tuple[str, str]]]


def said(found: list[Recipients]) -> Said:
    """Return home → people, and (place, person) of the offices; nothing is said twice."""
    homes = {each.place: {*each.people} for each in found if each.is_home}
    offices = [(each.place, *each.people) for each in found if not each.is_home]
    assert len(homes) + len({*offices}) == len(found)
    return homes, {(place, person) for place, person in offices}


def recount(town: Town, audience: Audience) -> Said:
    """Recount from the definitions, over all homes and offices of the town."""
    spots = [spot for place in audience.places for spot in town.grids.get(place) or [place]]
    homes = {}
    for home in town.homes if audience.relations else []:
        if home.retired_from is None and any(covers(spot, home.id) for spot in spots):
            found = meant(town, audience, home.id, home.usage)
            homes |= {} if found is None else {home.id: found}
    offices = {
        (one.place, one.person)
        for one in town.offices
        if one.role in audience.roles and one.person and acting(one)
        for mine in [one.place, *town.grids.get(one.place, [])]
        if any(covers(spot, mine) or covers(mine, spot) for spot in spots)
    }
    return homes, offices


def meant(town: Town, audience: Audience, home: str, usage: Usage | None) -> set[str] | None:
    """Return who of a home is meant; None when the home is not."""
    rows = [row for row in town.residencies if row.home == home and is_now(row)]
    chosen = [row for row in rows if row.relation in audience.relations]
    if Lack.PHONE in audience.lacks:
        chosen = [row for row in chosen if row.phone_index is None]
    if Lack.WECHAT in audience.lacks:
        chosen = [row for row in chosen if row.person is None]
    if audience.usages and usage not in audience.usages:
        return None
    if audience.owing_since:
        own = {home, *(old.id for old in town.homes if old.merged_into == home)}
        owed = [b for b in town.bills if b["home"] in own and b["state"] == "owing"]
        if not [bill for bill in owed if bill["period"] <= audience.owing_since]:
            return None
    if not chosen and (rows or Relation.OWNER not in audience.relations):
        return None
    return {row.person for row in chosen if row.person}


def is_now(row: Any) -> bool:
    return row.from_day <= TODAY and (row.to_day is None or row.to_day >= TODAY)


def acting(one: Any) -> bool:
    serves = one.role not in FIRM_ROLES or (one.firm, one.place) == ("serving", ONE)
    waits = (one.person, one.role) == ("staff2", Role.AUDITOR)
    return is_now(one) and serves and not waits


async def test_every_combination_means_who_a_recount_finds(world: World, town: Town) -> None:
    kinds: dict[str, int] = defaultdict(int)
    for audience in combinations(140):
        found = said(await gathered(world.deps, audience, 1000))
        assert found == recount(town, audience), audience
        homes, offices = found
        kinds["bound"] += any(homes.values())
        kinds["unbound"] += not all(homes.values())
        kinds["shop"] += bool(homes) and audience.usages == [Usage.SHOP]
        kinds["owing"] += bool(homes) and audience.owing_since is not None
        kinds["office"] += bool(offices)
        kinds["nobody"] += not homes and not offices
    assert min(kinds.values()) > 3, kinds  # each was tried
    assert len(kinds) == 6


@pytest.mark.parametrize("limit", [1, 7])
async def test_a_part_of_any_size_leaves_nobody_out(
    world: World, town: Town, limit: int
) -> None:
    for audience in [*combinations(6), Audience(places=[COMMUNITY], roles=ALL_ROLES)]:
        found = await gathered(world.deps, audience, limit)
        assert found == await gathered(world.deps, audience, 1000)
    assert len(town.homes) > 7


async def test_a_preview_counts_people_once_and_by_how_they_are_reached(
    world: World, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audiences, "AT_ONCE", 5)  # people of two homes meet in two parts
    two_homes = 0
    for audience in combinations(25):
        homes, offices = recount(town, audience)
        people = {person for bound in homes.values() for person in bound}
        two_homes += sum(map(len, homes.values())) > len(people)
        people |= {person for _, person in offices}
        found, units = await audiences.preview(world.deps, audience, TEMPLATE)
        assert units == Counter(home.rpartition(".")[0] for home in homes)
        assert msgspec.structs.asdict(found) == {
            "homes": len(homes),
            "unbound_homes": sum(not bound for bound in homes.values()),
            "people": len(people),
            "pushable": len(people & town.granted),
            "following": 0,
            "inbox_only": len(people - town.granted),
        }
    assert two_homes
    nothing = replace(world.deps, templates={})
    found, _ = await audiences.preview(
        nothing, Audience(places=[ONE], roles=ALL_ROLES), TEMPLATE
    )
    assert (found.pushable, found.inbox_only) == (0, found.people)


async def test_publishing_takes_the_buildings_of_a_grid_of_that_moment(
    world: World, town: Town
) -> None:
    b1, b2 = town.grids[GRID]
    wish = Audience(places=[f"{b1}.u1.101", GRID, f"{COMMUNITY}.g2"], relations=[*OWNERS])
    frozen = await audiences.freeze(world.deps, wish)
    assert frozen.places == [b1, b2, f"{COMMUNITY}.g2"]
    assert msgspec.structs.replace(frozen, places=wish.places) == wish
    await world.db.places.update_one({"_id": GRID}, {"$set": {"buildings": [b1]}})
    assert await audiences.freeze(world.deps, frozen) == frozen


STAFF: Final = Actor("staff", "", (Grant(Role.COMMUNITY_STAFF, COMMUNITY),))
ELSEWHERE: Final = Actor("staff", "", (Grant(Role.COMMUNITY_STAFF, TWO),))
ONE_BUILDING: Final = Actor("grid", "", (Grant(Role.GRID_HEAD, f"{ONE}.b1"),))
COMMITTEE: Final = Actor("sun", "", (Grant(Role.COMMITTEE_MEMBER, ONE),))
MANAGER: Final = Actor("firm", "", (Grant(Role.FIRM_MANAGER, ONE),))
RETIRED: Final = next(home.id for home in towns.drawn().homes if home.retired_from)
OWNERS_OF: Final = {"relations": [*OWNERS]}


@pytest.mark.parametrize(
    ("actor", "wish", "refusal"),
    [
        (STAFF, {"places": [ONE]}, AudienceEmpty),
        (STAFF, {"places": [ONE], "roles": [Role.OWNER]}, NotAnOffice),
        (STAFF, {"places": [ONE], "roles": [Role.UNIT_HEAD], "lacks": [*Lack]}, NoResidents),
        (STAFF, {"places": [ONE, f"{ONE}.b9"], **OWNERS_OF}, NotFound),
        (STAFF, {"places": [RETIRED], **OWNERS_OF}, NotFound),
        (STAFF, {"places": ["cc"], **OWNERS_OF}, NotFound),
        (ELSEWHERE, {"places": [TWO, ONE], **OWNERS_OF}, NotFound),
        (ELSEWHERE, {"places": [GRID], **OWNERS_OF}, NotFound),
        (ONE_BUILDING, {"places": [GRID], **OWNERS_OF}, NotFound),
        (ONE_BUILDING, {"places": [f"{COMMUNITY}.g2"], **OWNERS_OF}, NotFound),
        (COMMITTEE, {"places": [ONE], **OWNERS_OF, "owing_since": "2026-01"}, FilterNotYours),
        (MANAGER, {"places": [ONE], **OWNERS_OF, "lacks": [Lack.PHONE]}, FilterNotYours),
    ],
)
@pytest.mark.usefixtures("town")
async def test_an_audience_that_is_none_or_not_mine_is_refused(
    world: World, actor: Actor, wish: dict[str, Any], refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        await audiences.check(world.deps, actor, Audience(**wish), Permission.VIEW_PLACES)


async def test_mine_are_places_under_mine_and_grids_of_my_buildings(
    world: World, town: Town
) -> None:
    head = Actor("", "", tuple(Grant(Role.GRID_HEAD, b) for b in town.grids[GRID]))
    for actor, places in ((STAFF, [GRID, ONE, HOME]), (head, [GRID, HOME])):
        wish = Audience(places=places, relations=[Relation.OWNER])
        await audiences.check(world.deps, actor, wish, Permission.VIEW_PLACES)


async def test_more_buildings_than_an_audience_holds_are_refused(world: World) -> None:
    names = [f"{ONE}.b{number}" for number in range(MOST_PLACES + 1)]
    grid = {"kind": "grid", "name": "", "address": "", "created_at": world.clock.now}
    await world.db.places.insert_one({"_id": GRID, **grid, "buildings": names})
    wish = Audience(places=[GRID], relations=[Relation.OWNER])
    with pytest.raises(TooManyPlaces) as refused:
        await audiences.check(world.deps, STAFF, wish, Permission.VIEW_PLACES)
    assert refused.value.details == {"most": MOST_PLACES}
    with pytest.raises(TooManyPlaces):
        await audiences.freeze(world.deps, wish)


class Listener(CommandListener):
    def __init__(self) -> None:
        self.asked: list[str] = []

    def started(self, event: Any) -> None:
        self.asked += [event.command_name] * (event.command_name != "hello")

    def succeeded(self, event: Any) -> None: ...

    def failed(self, event: Any) -> None: ...


@pytest.mark.usefixtures("town")
async def test_a_part_asks_as_often_however_many_it_finds(
    world: World, base_settings: Settings
) -> None:
    counter = Listener()
    audience = Audience(places=[COMMUNITY], relations=[*OWNERS], owing_since="2026-01")
    async with open_mongo(base_settings, event_listeners=[counter]) as mongo:
        deps = replace(world.deps, db=mongo[base_settings.mongodb_database])
        part = await audiences.part(deps, audience, "", 1000)
        assert len(part.recipients) > 5
        assert counter.asked == ["find", "find", "aggregate", "find"]
        counter.asked.clear()
        offices = Audience(places=[ONE], roles=ALL_ROLES)
        part = await audiences.part(deps, offices, "", 1000)
        assert len(part.recipients) > 5
        assert counter.asked == ["find"] * 4
