"""Offices: who holds which role of a place today, and access to one appointment."""

from collections.abc import Sequence

from services.appointments import store
from services.appointments.models import Appointment
from services.dependencies import Dependencies, Transaction
from services.firms import contracts
from services.kernel import errors
from services.kernel.days import day_of
from services.kernel.paths import ancestors
from services.kernel.permissions import FIRM_ROLES, Actor, Permission, Role


async def holders_at(
    deps: Dependencies, paths: Sequence[str], roles: Sequence[Role]
) -> list[Appointment]:
    """Who holds one of these roles at one of these places today; the lowest place first."""
    today = day_of(deps.now())
    return await store.holders_at(deps.db, paths, roles, today)


async def staff_over(deps: Dependencies, place: str) -> list[str]:
    """Return the people of the community who are responsible for a place today."""
    found = await holders_at(deps, ancestors(place), [Role.COMMUNITY_STAFF])
    return sorted({staff.person for staff in found if staff.person})


async def substitutes_of(deps: Dependencies, appointment_id: str) -> list[Appointment]:
    """Who stands in for a head today or later."""
    today = day_of(deps.now())
    return await store.substitutes_of(deps.db, appointment_id, today)


async def access(
    deps: Dependencies, actor: Actor, appointment_id: str, tx: Transaction | None = None
) -> Appointment:
    """Return an appointment of the actor's own or of a place they appoint for. NotFound."""
    found = await store.find(deps.db, appointment_id, tx)
    mine = found is not None and found.person == actor.person_id
    if found is None or not (mine or actor.may(Permission.APPOINT, found.place)):
        raise errors.NotFound("没有找到这项任命")
    return found


async def roles_of(deps: Dependencies, person_id: str) -> list[Appointment]:
    """Return the appointments that are in force today."""
    today = day_of(deps.now())
    found = await store.of_person(deps.db, person_id, today)
    return await in_force(deps, found)


async def in_force(deps: Dependencies, found: Sequence[Appointment]) -> list[Appointment]:
    """Leave out the roles of firms that have no contract today: one query if there are any."""
    compounds = [role.place for role in found if role.role in FIRM_ROLES]
    serving = await contracts.serving(deps, compounds) if compounds else frozenset()
    return [
        role
        for role in found
        if role.role not in FIRM_ROLES or (role.firm, role.place) in serving
    ]
