"""Offices of who asks to call: what they are called, and where they are called back."""

from collections.abc import Collection
from typing import Final

from services.appointments import offices
from services.appointments import views as appointments
from services.appointments.models import Appointment, Visibility
from services.calls.models import Call
from services.dependencies import Dependencies
from services.firms import contracts
from services.kernel import phones
from services.kernel.documents import Document
from services.kernel.paths import ancestors, covers
from services.kernel.permissions import FIRM_ROLES, HEADS, Role, office
from services.places import actions as places

# Of several roles at a place the one nearest to the people speaks.
ORDER: Final = tuple(Role)


async def of_asker(
    deps: Dependencies, person: str, place: str, roles: Collection[Role]
) -> Document:
    """Return what a call keeps of the office in which somebody asks."""
    held = [one for one in await offices.roles_of(deps, person) if one.role in roles]
    there = [one for one in held if covers(one.place, place)] or held
    found = min(there, key=lambda one: ORDER.index(one.role), default=None)
    role = found.role if found else min(roles, key=ORDER.index)
    return {
        "office": office(role, substitute=found.substitute_for if found else ""),
        "appointment": found.id if found else "",
        "is_firms": role in FIRM_ROLES,
        "is_heads": role in HEADS,
    }


async def call_back(deps: Dependencies, call: Call) -> str | None:
    """Return where somebody calls who asked; None where nobody answers, or shows a number.

    A head's own number, as far as they show it to their residents; of others the line of the
    firm, or of the nearest office over the place.
    """
    if call.is_heads:
        return await _of_head(deps, call)
    if call.is_firms:
        found = await contracts.firm_of(deps, places.compound_of(call.place))
        return found[1].contact.phone if found and found[1].contact else None
    above = await places.find_many(deps, ancestors(call.place))
    lines = [place.contact.phone for place in reversed(above) if place.contact]
    return lines[0] if lines else None


async def _of_head(deps: Dependencies, call: Call) -> str | None:
    head = await offices.find(deps, call.appointment)
    if head is None or not _shows(head, deps.today()):
        return None
    return phones.as_dialled(appointments.phone_of(deps, head))


def _shows(head: Appointment, today: str) -> bool:
    is_over = head.to_day is not None and head.to_day < today
    return not is_over and head.phone_visible_to is not Visibility.NOBODY
