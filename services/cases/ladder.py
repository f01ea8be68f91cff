"""Ladder of an overdue case: who is told on each rung, and in the place of who left."""

from collections.abc import Sequence
from typing import Any

from services.audiences import holders as audiences
from services.cases.kinds import Kind
from services.dependencies import Dependencies
from services.grants import actions as grants
from services.kernel.permissions import Actor, Role


async def holders(deps: Dependencies, place: str, roles: Sequence[Role]) -> set[str]:
    """Return who holds one of some offices at a place or above it today.

    Of a firm only while its contract holds; nobody who has not signed in.
    """
    return await audiences.acting_over(deps, place, roles)


async def people_at(deps: Dependencies, kind: Kind, found: Any, rung: int) -> set[str]:
    """Return who is told on a rung of the ladder today."""
    roles = kind.rungs(found.state)[rung].roles
    if not roles and kind.waits_for is not None:
        return await kind.waits_for(deps, found)
    there = await holders(deps, kind.place_of(found), roles)
    return there - await kind.kept_people(deps, found)


async def people_at_work(deps: Dependencies, kind: Kind, found: Any) -> set[str]:
    """Return who holds a case, or the lowest rung once that person works there no more.

    A message names the home: whoever left is told of it no more, and somebody has to be.
    """
    if kind.hands is not None:
        return await kind.hands(deps, found)
    if kind.held_by is None:
        return {found.holder}
    actor = Actor(found.holder, "", await grants.grants_of(deps, found.holder))
    if kind.allows(actor, kind.held_by, found):
        return {found.holder}
    return await first_people(deps, kind, found)


async def first_people(deps: Dependencies, kind: Kind, found: Any) -> set[str]:
    """Return with whom a case lies, or else who is told on the lowest rung that has anybody."""
    if kind.waits_for is not None:
        return await kind.waits_for(deps, found)
    for rung in range(len(kind.rungs(found.state))):
        if people := await people_at(deps, kind, found, rung):
            return people
    return set()
