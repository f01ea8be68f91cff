"""Grants of a person at this moment: homes by relation, places by appointment.

Read anew for every request, so that an end is effective on the next one: of a relation, of a
term, of the contract a firm's people work under, of a building's belonging to a grid.
"""

import asyncio
from collections.abc import Collection, Sequence
from typing import Final

from services.appointments import offices
from services.appointments.models import Appointment
from services.dependencies import Dependencies
from services.kernel.paths import covers
from services.kernel.permissions import HEADS, Grant, Permission, Role
from services.places import actions as places
from services.places import grids as places_grids
from services.places import homes as place_homes
from services.residencies import actions as residencies
from services.residencies.models import ROLE_OF, Residency

NOTHING: Final = frozenset[Permission]()
NO_DEBTS: Final = frozenset({Permission.VIEW_UNPAID})


async def grants_of(deps: Dependencies, person_id: str) -> tuple[Grant, ...]:
    """Return a person's roles of today with their places."""
    homes, roles = await asyncio.gather(
        residencies.of_person(deps, person_id),
        offices.roles_of(deps, person_id),
    )
    own = await _homes(deps, homes)
    return (*own, *await _grants(deps, roles))


async def _homes(deps: Dependencies, found: Sequence[Residency]) -> list[Grant]:
    """Return the grants of homes, and of what was merged into them: its bills are theirs."""
    if not found:
        return []
    merged = await place_homes.merged_into(deps, [row.home for row in found])
    return [
        Grant(ROLE_OF[row.relation], place, row.from_day)
        for row in found
        for place in (row.home, *(old for old, home in merged.items() if home == row.home))
    ]


async def _grants(deps: Dependencies, roles: Sequence[Appointment]) -> list[Grant]:
    """Return the grants of roles; a grid's role grants its buildings of this moment."""
    grids = [role.place for role in roles if role.role is Role.GRID_HEAD]
    buildings = await places_grids.buildings_of(deps, grids) if grids else {}
    heads = [role.place for role in roles if role.role in HEADS]
    hiding = await places.hiding_debts(deps, heads) if heads else set[str]()
    grants: list[Grant] = []
    for role in roles:
        held = [role.place]
        if role.role is Role.GRID_HEAD:
            held = buildings.get(role.place, [])
        without = NO_DEBTS if _is_hidden(role, hiding) else NOTHING
        grants += [Grant(role.role, place, without=without) for place in held]
    return grants


def _is_hidden(role: Appointment, hiding: Collection[str]) -> bool:
    """Tell whether a head's community hides from its heads which homes owe."""
    return role.role in HEADS and any(covers(each, role.place) for each in hiding)
