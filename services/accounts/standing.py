"""What a person holds at this moment: homes by relation, places by appointment.

Read anew for every request, so that an end is effective on the next one: of a relation, of a
term, of the contract a firm's people work under, of a building's belonging to a grid.
"""

import asyncio
from collections.abc import Sequence

from services.accounts import appointment_store, residency_store
from services.accounts.models import ROLE_OF, Appointment
from services.dependencies import Dependencies
from services.firms import actions as firms
from services.kernel.days import day_of
from services.kernel.permissions import FIRM_ROLES, Grant, Role
from services.places import grids as places_grids


async def grants_of(deps: Dependencies, person_id: str) -> tuple[Grant, ...]:
    """Return today's roles with their places."""
    today = day_of(deps.now())
    homes, roles = await asyncio.gather(
        residency_store.residencies_of(deps.db, person_id, today),
        roles_of(deps, person_id),
    )
    grants = [Grant(ROLE_OF[home.relation], home.home, home.from_day) for home in homes]
    return (*grants, *await _grants(deps, roles))


async def roles_of(deps: Dependencies, person_id: str) -> list[Appointment]:
    """Return the appointments that are in force today."""
    today = day_of(deps.now())
    found = await appointment_store.appointments_of(deps.db, person_id, today)
    return await in_force(deps, found)


async def in_force(deps: Dependencies, found: Sequence[Appointment]) -> list[Appointment]:
    """Leave out the roles of firms that have no contract today: one query if there are any."""
    compounds = [role.place for role in found if role.role in FIRM_ROLES]
    serving = await firms.serving(deps, compounds) if compounds else frozenset()
    return [
        role
        for role in found
        if role.role not in FIRM_ROLES or (role.firm, role.place) in serving
    ]


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
