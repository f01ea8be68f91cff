"""Offices over places: whose office an audience means, and who are the heads of a home.

An office is meant when its place is one of the audience's, lies under one, or over one. The
place of a grid's head is each of its buildings.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from services.appointments import offices
from services.appointments.models import Appointment
from services.audiences.models import Audience
from services.dependencies import Dependencies
from services.kernel.paths import ancestors
from services.kernel.permissions import HEADS, Role
from services.messaging.broadcasts.models import Part, Recipients
from services.places import grids
from services.places.models import Kind, Place
from services.residencies import actions as residencies

HAVE_HEADS: Final = frozenset({Kind.UNIT, Kind.BUILDING, Kind.GRID})


async def part(deps: Dependencies, audience: Audience, after: str, limit: int) -> Part:
    """Return the next holders of offices that an audience means, by place: one at a time.

    `audience`: frozen. `after`: place and appointment, as the part before returned them. Those
    whom a firm employs are left out while it has no contract, as everywhere.
    """
    place, _, appointment = after.partition(" ")
    found, following = await offices.acting_around(
        deps,
        audience.places,
        audience.roles,
        also=await _around(deps, audience),
        after=(place, appointment),
        limit=limit,
    )
    people = [
        Recipients(one.place, (one.person,), is_home=False) for one in found if one.person
    ]
    return Part(people, " ".join(following) if following else None)


async def _around(deps: Dependencies, audience: Audience) -> list[str]:
    """Return the places above those of an audience, and the grids in which they lie."""
    above = {upper for place in audience.places for upper in ancestors(place)}
    found = (
        await grids.grids_over(deps, audience.places)
        if Role.GRID_HEAD in audience.roles
        else []
    )
    return sorted((above | {*found}) - {*audience.places})


async def heads_at(deps: Dependencies, above: Iterable[Place]) -> list[Appointment]:
    """List the heads of some places today: unit, building, grid; substitutes behind.

    `above`: what lies above a home, as grids.above_home() has it.
    """
    paths = [place.id for place in above if place.kind in HAVE_HEADS]
    found = await offices.holders_at(deps, paths, HEADS)
    return sorted(found, key=lambda one: (HEADS.index(one.role), bool(one.substitute_for)))


async def advisers_of(deps: Dependencies, home: str) -> set[str]:
    """Return the heads of a home's unit, building and grid who have signed in.

    Not those who belong to the home: nobody advises about their own.
    """
    heads = await heads_at(deps, await grids.above_home(deps, home))
    own = {tie.person for tie in await residencies.ties_of(deps, [home])}
    return {head.person for head in heads if head.person} - own


async def of_office(deps: Dependencies, place: str, role: Role) -> set[str]:
    """Return who holds an office at a place today and has signed in; not who stands in."""
    found = await offices.holders_at(deps, [place], [role])
    return {one.person for one in found if one.person and not one.substitute_for}


async def by_role(
    deps: Dependencies, place: str, roles: Sequence[Role]
) -> dict[Role, set[str]]:
    """Return role → whose office is in force at a place, above it or over its grid today.

    Of who has signed in; substitutes too.
    """
    paths = ancestors(place)
    if Role.GRID_HEAD in roles:
        paths += await grids.grids_with(deps, place)
    found: dict[Role, set[str]] = {role: set() for role in roles}
    for one in await offices.acting_at(deps, paths, roles):
        if one.person:
            found[one.role].add(one.person)
    return found


async def acting_over(deps: Dependencies, place: str, roles: Sequence[Role]) -> set[str]:
    """Return whose office is in force at a place or above it today, and who has signed in.

    The head of the grid in which it lies is above it, too.
    """
    found = await by_role(deps, place, roles)
    return {person for people in found.values() for person in people}


async def acting_by_place(
    deps: Dependencies, places: Sequence[str], roles: Sequence[Role]
) -> dict[tuple[Role, str], set[str]]:
    """Return (office, place) → whose office is in force at or above some places today.

    Of those who have signed in. The place of a grid's head is each of its buildings. A few
    queries however many places there are.
    """
    above = sorted({each for place in places for each in ancestors(place)})
    over = await grids.grids_over(deps, places)
    buildings = await grids.buildings_of(deps, over) if over else {}
    found: dict[tuple[Role, str], set[str]] = defaultdict(set)
    for one in await offices.acting_at(deps, [*above, *over], roles):
        at = buildings.get(one.place, []) if one.role is Role.GRID_HEAD else [one.place]
        for place in at:
            found[one.role, place].add(one.person or "")
    return found
