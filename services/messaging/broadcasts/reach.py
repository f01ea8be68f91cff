"""Reach of a broadcast: how many homes and people it means at a place, and got to.

Counted from its homes and messages whenever somebody asks, so that no kept number can be wrong.
What each figure counts stands once, at HomesReached and PeopleReached.
"""

import asyncio
from collections.abc import Mapping

import msgspec

from services.dependencies import Dependencies
from services.kernel.paths import in_order
from services.messaging import bulk_store
from services.messaging.broadcasts import homes_store
from services.messaging.broadcasts.models import HomesReached, PeopleReached, PlaceReached


async def at(deps: Dependencies, broadcast_id: str, place: str) -> PlaceReached:
    """Return how far a broadcast reached at a place and everything under it."""
    found = await _by_part(deps, broadcast_id, place, _depth(place))
    return found.get(place) or _reached(place, {}, {})


async def whole(deps: Dependencies, broadcast_id: str, place: str) -> PlaceReached:
    """Return how far a broadcast reached in all, if `place` is around every home that it means.

    Of the people also those who hold an office above that place.
    """
    depth = _depth(place)
    homes, people = await asyncio.gather(
        homes_store.reach(deps.db, broadcast_id, place, depth),
        bulk_store.reach_all(deps.db, broadcast_id),
    )
    return _reached(place, homes.get(place, {}), people)


async def homes(
    deps: Dependencies, broadcast_id: str, place: str, depth: int
) -> dict[str, HomesReached]:
    """Return part → how its homes were reached. `depth`: segments of a part's path."""
    found = await homes_store.reach(deps.db, broadcast_id, place, depth)
    return {part: msgspec.convert(figures, HomesReached) for part, figures in found.items()}


async def homes_meant(
    deps: Dependencies, broadcast_id: str, place: str, depth: int
) -> dict[str, int]:
    """Return part → homes of it that a broadcast means. `depth`: segments of a part's path."""
    found = await homes_store.reach(deps.db, broadcast_id, place, depth)
    return {part: figures["meant"] for part, figures in found.items()}


async def below(deps: Dependencies, broadcast_id: str, place: str) -> list[PlaceReached]:
    """Return the same of each place directly below that has any of it, in order."""
    found = await _by_part(deps, broadcast_id, place, _depth(place) + 1)
    return [found[each] for each in sorted(found, key=in_order)]


async def _by_part(
    deps: Dependencies, broadcast_id: str, place: str, depth: int
) -> dict[str, PlaceReached]:
    homes, people = await asyncio.gather(
        homes_store.reach(deps.db, broadcast_id, place, depth),
        bulk_store.reach(deps.db, broadcast_id, place, depth),
    )
    return {
        part: _reached(part, homes.get(part, {}), people.get(part, {}))
        for part in homes.keys() | people.keys()
    }


def _reached(place: str, homes: Mapping[str, int], people: Mapping[str, int]) -> PlaceReached:
    return PlaceReached(
        place=place,
        homes=msgspec.convert(homes, HomesReached),
        people=msgspec.convert(people, PeopleReached),
    )


def _depth(place: str) -> int:
    return place.count(".") + 1
