"""Counts of what there is to do at a head's place when it is handed over."""

import asyncio
from collections.abc import Sequence
from typing import Final

from services.appointments import offices
from services.appointments.models import Appointment
from services.dependencies import Dependencies
from services.heads.models import HandOver, OwedHomes
from services.home_requests import actions as home_requests
from services.kernel.permissions import Actor, Role
from services.places import actions as places
from services.places import grids
from services.places.models import Kind
from services.statistics import measures

MAX_PARTS: Final = 200
MAX_REQUESTS: Final = 200
COUNTED: Final = ("places.homes", "bills.owed")  # measures


async def count(deps: Dependencies, actor: Actor, head: Appointment) -> HandOver:
    """Return a new hand-over with everything under the place as it is at this moment."""
    areas = [head.place]
    if head.role is Role.GRID_HEAD:
        areas = (await grids.buildings_of(deps, areas)).get(head.place, [])
    parts, figures, requests, substitutes, hiding = await asyncio.gather(
        _parts(deps, head, areas),
        measures.total(deps, COUNTED, areas),
        home_requests.open_under(deps, areas, limit=MAX_REQUESTS),
        offices.substitutes_of(deps, head.id),
        places.hiding_debts(deps, [head.place]),
    )
    return HandOver(
        id=deps.new_id(),
        appointment=head.id,
        role=head.role,
        place=head.place,
        giver=head.person,
        made_by=actor.person_id,
        made_at=deps.now(),
        parts=parts,
        homes=figures["homes"],
        owing=None
        if hiding
        else OwedHomes(homes=figures["owing_homes"], amount_fen=figures["owing_fen"]),
        open_requests=requests,
        substitutes=[substitute.id for substitute in substitutes],
    )


async def _parts(deps: Dependencies, head: Appointment, areas: Sequence[str]) -> list[str]:
    """Return the buildings of a grid, the units of a building, or the unit."""
    if head.role is not Role.BUILDING_HEAD:
        return list(areas)
    under = await places.of_kind_under(deps, head.place, Kind.UNIT, after="", limit=MAX_PARTS)
    return [unit.id for unit in under]
