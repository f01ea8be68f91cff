"""Ladder of an overdue case: who is told on each rung."""

from collections.abc import Sequence
from typing import Any

from services.audiences import holders as audiences
from services.cases.kinds import Kind
from services.dependencies import Dependencies
from services.kernel.permissions import Role


async def holders(deps: Dependencies, place: str, roles: Sequence[Role]) -> set[str]:
    """Return who holds one of some offices at a place or above it today.

    Of a firm only while its contract holds; nobody who has not signed in.
    """
    return await audiences.acting_over(deps, place, roles)


async def people_at(deps: Dependencies, kind: Kind, found: Any, rung: int) -> set[str]:
    """Return who is told on a rung of the ladder today."""
    return await holders(deps, kind.place_of(found), kind.rungs(found.state)[rung].roles)


async def first_people(deps: Dependencies, kind: Kind, found: Any) -> set[str]:
    """Return who is told on the lowest rung that has anybody."""
    for rung in range(len(kind.rungs(found.state))):
        if people := await people_at(deps, kind, found, rung):
            return people
    return set()
