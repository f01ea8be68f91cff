"""What a person holds at this moment: homes by relation, places by appointment.

Read anew for every request, so that an end is effective on the next one.
"""

import asyncio

from services.accounts import appointment_store, residency_store
from services.accounts.models import ROLE_OF
from services.days import day_of
from services.dependencies import Dependencies
from services.permissions import Grant


async def grants_of(deps: Dependencies, person_id: str) -> tuple[Grant, ...]:
    """Return today's roles with their places."""
    today = day_of(deps.now())
    homes, roles = await asyncio.gather(
        residency_store.residencies_of(deps.db, person_id, today),
        appointment_store.appointments_of(deps.db, person_id, today),
    )
    grants = [Grant(ROLE_OF[home.relation], home.home, home.from_day) for home in homes]
    return (*grants, *(Grant(role.role, role.place) for role in roles))
