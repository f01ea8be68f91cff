"""Grants of a person at this moment: homes by relation, places by appointment.

Read anew for every request, so that an end is effective on the next one: of a relation, of a
term, of the contract a firm's people work under, of a building's belonging to a grid.
"""

import asyncio
from collections.abc import Sequence

from services.appointments import offices
from services.appointments.models import Appointment
from services.dependencies import Dependencies
from services.kernel.days import day_of
from services.kernel.permissions import Grant, Role
from services.places import grids as places_grids
from services.residencies import actions as residencies
from services.residencies.models import ROLE_OF


async def grants_of(deps: Dependencies, person_id: str) -> tuple[Grant, ...]:
    """Return today's roles with their places."""
    today = day_of(deps.now())
    homes, roles = await asyncio.gather(
        residencies.of_person(deps.db, person_id, today),
        offices.roles_of(deps, person_id),
    )
    grants = [Grant(ROLE_OF[home.relation], home.home, home.from_day) for home in homes]
    return (*grants, *await _grants(deps, roles))


async def _grants(deps: Dependencies, roles: Sequence[Appointment]) -> list[Grant]:
    """Turn roles into grants; a grid's into those of its buildings, read at this moment."""
    grids = [role.place for role in roles if role.role is Role.GRID_HEAD]
    buildings = await places_grids.buildings_of(deps, grids) if grids else {}
    grants: list[Grant] = []
    for role in roles:
        held = [role.place]
        if role.role is Role.GRID_HEAD:
            held = buildings.get(role.place, [])
        grants += [Grant(role.role, place) for place in held]
    return grants
