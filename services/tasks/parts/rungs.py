"""Rungs of heads: with which office a part or a round lies, and whose it is.

It lies with the head of its place, whoever holds or stands in for that office at the moment. Of
an office that nobody holds it goes to the next one above, up to the community, and back.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from services.audiences import holders
from services.dependencies import Dependencies
from services.kernel.paths import ancestors
from services.kernel.permissions import HEADS, PERMISSIONS, Actor, Permission, Role
from services.places import actions as places
from services.places.models import Kind
from services.tasks.models import HeadRole

UPWARDS: Final = (*HEADS, Role.COMMUNITY_STAFF)
# Segments of the places of an office; the community's may lie anywhere above.
SEGMENTS: Final = {
    Role.UNIT_HEAD: Kind.UNIT.depth,
    Role.BUILDING_HEAD: Kind.BUILDING.depth,
    Role.GRID_HEAD: Kind.BUILDING.depth,  # their grants are buildings
}
KINDS: Final = {
    HeadRole.UNIT_HEAD: Kind.UNIT,
    HeadRole.BUILDING_HEAD: Kind.BUILDING,
    HeadRole.GRID_HEAD: Kind.BUILDING,
}


class Hands(Struct, frozen=True):
    """Office that has something in hand, who holds it, and the keys by which they find it."""

    rung: Role
    people: frozenset[str]
    held: list[str]


async def hands_of(
    deps: Dependencies, wanted: Sequence[tuple[str, HeadRole]]
) -> dict[tuple[str, HeadRole], Hands]:
    """Return (place, office) → who has it in hand today; a few queries however many."""
    there = sorted({place for place, _ in wanted})
    acting = await holders.acting_by_place(deps, there, UPWARDS)
    return {(place, role): _hands(acting, place, role.role) for place, role in set(wanted)}


def _hands(acting: Mapping[tuple[Role, str], set[str]], place: str, role: Role) -> Hands:
    for rung in UPWARDS[UPWARDS.index(role) :]:
        people = {who for a in ancestors(place) for who in acting.get((rung, a), ())}
        if people:
            return Hands(rung, frozenset(people), tokens(place, rung))
    return Hands(UPWARDS[-1], frozenset(), tokens(place, UPWARDS[-1]))


def tokens(place: str, rung: Role) -> list[str]:
    """Return the keys of whoever holds an office over a place."""
    if rung not in SEGMENTS:
        return [f"{rung}|{each}" for each in ancestors(place)]
    return [f"{rung}|{'.'.join(place.split('.')[: SEGMENTS[rung]])}"]


def keys_of(actor: Actor) -> list[str]:
    """Return the keys by which an actor finds what they have in hand today."""
    return sorted(
        f"{grant.role}|{grant.place}"
        for grant in actor.grants
        if Permission.DO_TASKS in PERMISSIONS[grant.role]
    )


def reaches(actor: Actor, place: str, role: HeadRole) -> bool:
    """Tell whether an actor holds the office of a part or one above it, at its place."""
    held = actor.roles(Permission.DO_TASKS, place)
    lower = UPWARDS[: UPWARDS.index(role.role)]
    return any(each not in lower for each in held)


async def places_of(
    deps: Dependencies, meant: Sequence[str], role: HeadRole, *, after: str, limit: int
) -> list[str]:
    """Return the next places of heads at, in or over some places, by path; each once.

    `meant`: outermost paths, sorted. `after`: the last place of the ones before.
    """
    found: list[str] = []
    for place in meant:
        last = found[-1] if found else after
        if place.count(".") + 1 >= SEGMENTS[role.role]:
            upper = ".".join(place.split(".")[: SEGMENTS[role.role]])
            found += [upper] if upper > last else []
        else:
            left = limit - len(found)
            there = await places.of_kind_under(deps, place, KINDS[role], after=last, limit=left)
            found += [each.id for each in there]
        if len(found) == limit:
            break
    return found
