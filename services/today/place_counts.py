"""Counts of what heads have to do, by place, for who supervises them: no contents.

Who supervises a community sees how much waits where, and asks the head about the rest. What was
put off is counted: it is to be done all the same.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from services.dependencies import Dependencies
from services.kernel.pages import Key, Keyset, Page
from services.kernel.permissions import Actor, Permission, scope_of
from services.kernel.today import MOST_COUNTED
from services.places import actions as places
from services.places import grids
from services.places.doors import shown_address
from services.places.models import LADDER, Place
from services.statistics import hidden_homes, small_groups
from services.today.models import KindCount, PlaceCounts, TodayCountsQuery

BY_PATH: Final = Keyset(Key())


async def listing(
    deps: Dependencies, actor: Actor, query: TodayCountsQuery
) -> Page[PlaceCounts]:
    """Return the counts of the places directly below one, or below all of the actor's, by path.

    One call of each kind for all places of the page. Raises NotFound for a place that the actor
    does not supervise.
    """
    scope = scope_of(actor, Permission.OVERSEE_HEADS, query.place)
    found = await _parts(deps, scope, query)
    paths = [each.id for each in found.items]
    kinds = deps.features.today if paths else ()
    counted, hidden = await asyncio.gather(
        asyncio.gather(*(kind.count(deps, actor, paths) for kind in kinds)),
        _hidden(deps, actor, scope),
    )
    rows = []
    for part in found.items:
        counts = [
            KindCount(kind=kind.name, label=kind.label, count=min(count, MOST_COUNTED))
            for kind, by_place in zip(kinds, counted, strict=True)
            if (count := by_place.get(part.id, 0))
        ]
        is_hidden = small_groups.is_withheld(part.id, hidden)
        rows.append(_view(part, None if is_hidden else counts))
    return found.of(rows)


async def _parts(
    deps: Dependencies, scope: Sequence[str], query: TodayCountsQuery
) -> Page[Place]:
    """Return a page of the places directly below some places, by path."""
    [last] = BY_PATH.read(query.cursor) or [""]
    found: list[Place] = []
    for place in scope:
        if place + "/" > last and len(found) <= query.limit:
            found += await _below(deps, place, last, query.limit + 1)
    rows = {each.id: each for each in found}
    page = BY_PATH.cut([{"_id": path} for path in rows], query.limit)
    return page.map(lambda row: rows[row["_id"]])


async def _below(deps: Dependencies, place: str, last: str, limit: int) -> list[Place]:
    """Return the places directly below one, behind a path; of a grid, its buildings.

    None below a unit: a single home has no list of its own.
    """
    grid = await grids.buildings_of(deps, [place])
    if grid:
        later = sorted(each for each in grid[place] if each > last)
        return await places.find_many(deps, later[:limit])
    rung = place.count(".") + 1
    if rung >= hidden_homes.UNIT_DEPTH:
        return []
    return await places.of_kind_under(deps, place, LADDER[rung], after=last, limit=limit)


async def _hidden(deps: Dependencies, actor: Actor, scope: Sequence[str]) -> frozenset[str]:
    """Return the places whose counts are about too few homes, for who may not see them."""
    sees = Permission.VIEW_RESIDENTS
    roots = {
        hidden_homes.root_of(actor, Permission.OVERSEE_HEADS, place)
        for place in scope
        if not actor.may(sees, place)
    }
    found = await hidden_homes.withheld(deps, actor, sorted(roots), sees)
    return frozenset(place for each in found.values() for place in each)


def _view(part: Place, counts: list[KindCount] | None) -> PlaceCounts:
    total = None if counts is None else sum(each.count for each in counts)
    return PlaceCounts(place=part.id, address=shown_address(part), total=total, kinds=counts)
