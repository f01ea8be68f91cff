"""Views of appointments, for the community and the holder, and their sealed name and phone."""

from collections.abc import Sequence

from services.appointments import offices
from services.appointments.models import (
    NAME,
    PHONE,
    Appointment,
    AppointmentView,
    MyAppointment,
)
from services.dependencies import Dependencies
from services.firms import actions as firms
from services.kernel import masking, phones
from services.kernel.permissions import Role
from services.places import actions as places
from services.places import grids as places_grids


def seal(
    deps: Dependencies, appointment: Appointment, *, phone: str, name: str | None
) -> Appointment:
    """Write the holder's phone and name into an appointment. Raises InvalidPhone."""
    number = phones.normalise(phone)
    appointment.phone_sealed = PHONE.seal(deps.vault, appointment.id, number)
    appointment.phone_index = phones.blind_index(deps.vault, number)
    if name is not None:
        appointment.name_sealed = NAME.seal(deps.vault, appointment.id, name)
    return appointment


def phone_of(deps: Dependencies, appointment: Appointment) -> str:
    return PHONE.open(deps.vault, appointment.id, appointment.phone_sealed)


def name_of(deps: Dependencies, appointment: Appointment) -> str | None:
    if appointment.name_sealed is None:
        return None
    return NAME.open(deps.vault, appointment.id, appointment.name_sealed)


async def shown(
    deps: Dependencies, appointments: Sequence[Appointment]
) -> list[AppointmentView]:
    """Return appointments as the community sees them: two queries however many."""
    addresses = await places.addresses(deps, sorted({each.place for each in appointments}))
    ids = {each.firm for each in appointments if each.firm}
    names = await firms.names(deps, ids) if ids else {}
    return [
        _view(
            deps, each, addresses.get(each.place, each.place), names.get(each.firm, each.firm)
        )
        for each in appointments
    ]


async def view(deps: Dependencies, appointment: Appointment) -> AppointmentView:
    """Return one appointment as the community sees it."""
    [found] = await shown(deps, [appointment])
    return found


def _view(
    deps: Dependencies, appointment: Appointment, address: str, firm_name: str
) -> AppointmentView:
    """Return an appointment with name and phone masked."""
    name = name_of(deps, appointment)
    return AppointmentView(
        appointment_id=appointment.id,
        role=appointment.role,
        place=appointment.place,
        address=address,
        phone_masked=masking.phone(phone_of(deps, appointment)),
        name_masked=masking.name(name) if name else None,
        firm_id=appointment.firm or None,
        firm_name=firm_name or None,
        substitute_for=appointment.substitute_for or None,
        from_day=appointment.from_day,
        to_day=appointment.to_day,
    )


async def my_views(deps: Dependencies, mine: Sequence[Appointment]) -> list[MyAppointment]:
    """Return appointments as their holder sees them, with what is in force today."""
    today = deps.today()
    addresses = await places.addresses(deps, [a.place for a in mine])
    grids = [a.place for a in mine if a.role is Role.GRID_HEAD]
    buildings = await places_grids.buildings_of(deps, grids) if grids else {}
    current = [a for a in mine if _is_now(a, today)]
    acting = {a.id for a in await offices.in_force(deps, current)}
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
        for a in mine
    ]


def _is_now(appointment: Appointment, today: str) -> bool:
    return appointment.from_day <= today and (
        appointment.to_day is None or appointment.to_day >= today
    )
