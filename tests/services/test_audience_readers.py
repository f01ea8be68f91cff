"""Who may read what is written for an audience: tokens against the definition."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from services.audiences import readers
from services.audiences.models import Audience, Lack
from services.grants.actions import grants_of
from services.kernel.paths import covers
from services.kernel.permissions import Actor, Role
from services.places.models import Usage
from services.residencies.models import Relation
from tests.build import town as towns
from tests.build.town import COMMUNITY, ONE, TWO
from tests.build.world import World

T = TypeVar("T")
# Few names, so that places meet; some begin like others.
PLACES = [
    f"cc.d.s.m{tail}"
    for tail in ("", ".c1", ".c1.b1", ".c1.b10", ".c1.b1.u1", ".c1.b1.u1.101", ".c2")
]
PLACES += ["cc", "cc.d.s.m.c1.b1.u1.1012", "cc.d.s.m.c1.b10.u1.101"]
HOMES = [place for place in PLACES if place.endswith(("101", "1012"))]
OFFICES = [role for role in Role if role.is_office]
HELD = st.tuples(st.sampled_from(PLACES), st.sampled_from(OFFICES))
LIVES = st.tuples(
    st.sampled_from(HOMES), st.sampled_from(Relation), st.sampled_from([*Usage, None])
)


def some(of: Sequence[T], least: int = 0) -> st.SearchStrategy[list[T]]:
    return st.lists(st.sampled_from(of), min_size=least, max_size=3, unique=True)


@given(
    st.builds(
        Audience,
        places=some(PLACES, 1),
        relations=some([*Relation]),
        roles=some(OFFICES),
        usages=some([*Usage]),
    ),
    st.lists(LIVES, max_size=2),
    st.lists(HELD, max_size=2),
)
def test_tokens_and_keys_meet_where_the_definition_says(
    audience: Audience,
    homes: list[tuple[str, Relation, Usage | None]],
    offices: list[tuple[str, Role]],
) -> None:
    lives = any(
        relation in audience.relations
        and (not audience.usages or usage in audience.usages)
        and any(covers(place, home) for place in audience.places)
        for home, relation, usage in homes
    )
    holds = any(
        role in audience.roles
        and any(covers(place, office) or covers(office, place) for place in audience.places)
        for office, role in offices
    )
    keys = readers.keys_of(homes, offices)
    assert bool({*readers.readers(audience)} & {*keys}) is (lives or holds)


def test_what_tokens_cannot_say_is_only_for_who_was_told() -> None:
    plain = Audience(places=[ONE], relations=[*Relation])
    owing = Audience(places=[ONE], relations=[*Relation], owing_since="2026-01")
    lacking = Audience(places=[ONE], relations=[*Relation], lacks=[Lack.PHONE])
    assert [readers.narrow(each) for each in (plain, owing, lacking)] == [False, True, True]
    assert readers.readers(plain) == readers.readers(owing) == readers.readers(lacking)


async def actor(world: World, person: str) -> Actor:
    return Actor(person, "", await grants_of(world.deps, person))


async def test_a_person_reads_by_the_homes_and_offices_of_today(world: World) -> None:
    town = await towns.put(world, "t")
    uses = {home.id: home.usage for home in town.homes}
    for person in [*towns.PEOPLE, "grid", "head", "former", "manager"]:
        keys = {*await readers.reader_keys(world.deps, await actor(world, person))}
        for audience in audiences_by_chance():
            mine = [
                home.id
                for home in town.homes
                for row in town.residencies
                if row.person == person
                and row.home in {home.id, home.merged_into}
                and row.relation in audience.relations
                and (not audience.usages or uses[row.home] in audience.usages)
                and row.from_day <= towns.TODAY <= (row.to_day or towns.TODAY)
                and any(covers(place, home.id) for place in audience.places)
            ]
            held = [
                spot
                for one in town.offices
                if one.person == person and one.role in audience.roles
                if one.from_day <= towns.TODAY <= (one.to_day or towns.TODAY)
                if one.firm != "left"
                for spot in town.grids.get(one.place, [one.place])
                if any(covers(p, spot) or covers(spot, p) for p in audience.places)
            ]
            assert bool({*readers.readers(audience)} & keys) is bool(mine or held)


def audiences_by_chance() -> list[Audience]:
    chance = Random(5)  # noqa: S311
    spots = [COMMUNITY, f"{ONE}.b1", f"{TWO}.b2.u1", f"{ONE}.b2.u2.101", f"{ONE}.b1.u1.104"]
    return [
        Audience(
            places=[chance.choice(spots)],
            relations=chance.sample([*Relation], 2),
            roles=chance.sample(OFFICES, 5),
            usages=chance.sample([*Usage], chance.choice((0, 0, 1, 2))),
        )
        for _ in range(30)
    ]


def test_the_keys_of_a_busy_person_are_merged_in_order() -> None:
    """MongoDB merges some two hundred ranges of an index, and sorts what more of them find."""
    homes = [
        (f"cc.d.s.m{n}.c1.b1.u1.101", relation, Usage.FLAT)
        for n in range(6)
        for relation in (Relation.OWNER, Relation.FAMILY)
    ]
    grid = [(f"cc.d.s.m.c1.b{n}", Role.GRID_HEAD) for n in range(40)]
    offices = [(f"cc.d.s.m.c{n}", Role.FIRM_MANAGER) for n in range(4)]
    assert len(readers.keys_of(homes, [*grid, *offices])) <= 200
