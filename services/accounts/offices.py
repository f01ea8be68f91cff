"""My own offices, and who holds which office of a place."""

from collections.abc import Sequence

from services.accounts import appointment_store, standing
from services.accounts.appointment_models import ChooseContact, MyAppointment
from services.accounts.models import Appointment
from services.audit import actions as audit
from services.audit.models import Act
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.days import day_of, plus_days
from services.kernel.paths import ancestors
from services.kernel.permissions import Actor, Role
from services.places import actions as places
from services.places import grids as places_grids

SHOWN_AFTERWARDS_DAYS = 365


async def mine(deps: Dependencies, actor: Actor) -> list[MyAppointment]:
    """My appointments: those that hold, those that will, and the past year's."""
    since = plus_days(day_of(deps.now()), -SHOWN_AFTERWARDS_DAYS)
    found = await appointment_store.since_of(deps.db, actor.person_id, since)
    return await _views(deps, found)


async def _views(deps: Dependencies, found: Sequence[Appointment]) -> list[MyAppointment]:
    today = day_of(deps.now())
    addresses = await places.addresses(deps, [a.place for a in found])
    grids = [a.place for a in found if a.role is Role.GRID_HEAD]
    buildings = await places_grids.buildings_of(deps, grids) if grids else {}
    current = [a for a in found if _is_now(a, today)]
    acting = {a.id for a in await standing.in_force(deps, current)}
    return [
        MyAppointment(
            appointment_id=a.id,
            role=a.role,
            place=a.place,
            address=addresses.get(a.place, a.place),
            buildings=buildings.get(a.place, []) if a.id in acting else [],
            from_day=a.from_day,
            to_day=a.to_day,
            acting=a.id in acting,
            is_substitute=bool(a.substitute_for),
            resigned=a.resigned_at is not None,
            phone_visible_to=a.phone_visible_to,
        )
        for a in found
    ]


def _is_now(appointment: Appointment, today: str) -> bool:
    return appointment.from_day <= today and (
        appointment.to_day is None or appointment.to_day >= today
    )


async def choose_contact(
    deps: Dependencies, actor: Actor, appointment_id: str, request: ChooseContact
) -> MyAppointment:
    """Let nobody, the residents or everybody see my number. NotFound unless it is mine."""

    async def save(tx: Transaction) -> Appointment:
        found = await appointment_store.find_appointment(deps.db, appointment_id, tx)
        if found is None or found.person != actor.person_id:
            raise errors.NotFound("没有找到这项任命")
        chosen = request.phone_visible_to
        await appointment_store.choose_contact(deps.db, found.id, chosen, tx)
        await audit.record(
            deps,
            tx,
            actor,
            Act.CONTACT_CHANGED,
            place=found.place,
            subject=found.id,
            visible_to=chosen,
        )
        found.phone_visible_to = chosen
        return found

    [view] = await _views(deps, [await deps.in_transaction(save)])
    return view


async def holders_at(
    deps: Dependencies, paths: Sequence[str], roles: Sequence[Role]
) -> list[Appointment]:
    """Who holds one of these roles at one of these places today; the lowest place first."""
    today = day_of(deps.now())
    return await appointment_store.holders_at(deps.db, paths, roles, today)


async def staff_over(deps: Dependencies, place: str) -> list[str]:
    """Return the people of the community who are responsible for a place today."""
    found = await holders_at(deps, ancestors(place), [Role.COMMUNITY_STAFF])
    return sorted({staff.person for staff in found if staff.person})


async def substitutes_of(deps: Dependencies, appointment_id: str) -> list[Appointment]:
    """Who stands in for a head today or later."""
    today = day_of(deps.now())
    return await appointment_store.substitutes_of(deps.db, appointment_id, today)
