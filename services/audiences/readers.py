"""Readers of what is written for an audience, as tokens of places and as keys of a person.

Which documents a person may read is then one query on one index: {"readers": {"$in": keys}}.
A document bears the places as they are; a person brings all places above theirs.
"""

from collections.abc import Collection, Iterable, Sequence

from services.audiences.models import Audience
from services.dependencies import Dependencies
from services.kernel.paths import ancestors
from services.kernel.permissions import Actor, Role
from services.places import actions as places
from services.places import homes as place_homes
from services.places.models import Usage
from services.residencies import actions as residencies
from services.residencies.models import Relation

ANY_USE = "any"


def readers(audience: Audience) -> list[str]:
    """Return the tokens of who may read what is written for a frozen audience.

    Of residents: place, relation and use of the home. Of offices: place and role, and the same
    with "over" for the places above, so that one above a place is told from its neighbours.
    Neither what a home owes nor what a resident lacks is in them: where narrow() says so, only
    those who were told may read, and whoever asks by these tokens must look that up as well.
    """
    uses = [usage.value for usage in audience.usages] or [ANY_USE]
    found = {
        f"{place}|{relation}|{use}"
        for place in audience.places
        for relation in audience.relations
        for use in uses
    }
    for place in audience.places:
        found |= {f"{place}|{role}" for role in audience.roles}
        found |= {f"{a}|{role}|over" for a in ancestors(place) for role in audience.roles}
    return sorted(found)


def narrow(audience: Audience) -> bool:
    """Tell whether only residents who were told may read: tokens let in more than were meant.

    Whether a home owes is nobody else's to know, and the tokens of its neighbours are the same.
    Holders of offices read by their tokens all the same.
    """
    return audience.owing_since is not None or bool(audience.lacks)


async def reader_keys(deps: Dependencies, actor: Actor) -> list[str]:
    """Return the keys of a person, by their homes and offices of today: three queries.

    Some sixteen for a home and ten for an office, fewer for each that lies near another; over
    some two hundred, MongoDB sorts what it found instead of merging it in order.
    """
    mine = await residencies.of_person(deps, actor.person_id)
    paths = [row.home for row in mine]
    uses = {home.id: home.usage for home in await places.find_many(deps, paths)}
    merged = await place_homes.merged_into(deps, paths) if paths else {}
    homes = [
        (place, row.relation, uses.get(row.home))
        for row in mine
        for place in (row.home, *(old for old, home in merged.items() if home == row.home))
    ]
    held = [(grant.place, grant.role) for grant in actor.grants if grant.role.is_office]
    return keys_of(homes, held)


def belongs(keys: Collection[str], homes: Iterable[str]) -> bool:
    """Tell whether somebody with these keys belongs to one of some homes today."""
    return any(f"{home}|{each}|{ANY_USE}" in keys for home in homes for each in Relation)


def keys_of(
    homes: Iterable[tuple[str, Relation, Usage | None]], offices: Sequence[tuple[str, Role]]
) -> list[str]:
    """Return the keys of who has these relations to homes, of some use, and these offices."""
    found = set[str]()
    for home, relation, usage in homes:
        uses = [usage, ANY_USE] if usage else [ANY_USE]
        found |= {f"{place}|{relation}|{use}" for place in ancestors(home) for use in uses}
    for office, role in offices:
        found |= {f"{place}|{role}" for place in ancestors(office)[:-1]}
        found.add(f"{office}|{role}|over")
    return sorted(found)
