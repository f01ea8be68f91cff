"""Views of appointments: as the community sees them, and as their holder does."""

from collections.abc import Sequence

from services.appointments import offices, sealed
from services.appointments.models import Appointment, AppointmentView, MyAppointment
from services.dependencies import Dependencies
from services.kernel import phones
from services.kernel.days import day_of
from services.kernel.permissions import TITLES, Role
from services.places import actions as places
from services.places import grids as places_grids


def view(deps: Dependencies, appointment: Appointment) -> AppointmentView:
    name = sealed.name_of(deps, appointment)
    return AppointmentView(
        appointment_id=appointment.id,
        role=appointment.role,
        place=appointment.place,
        phone_masked=phones.mask(sealed.phone_of(deps, appointment)),
        name_masked=f"{name[0]}*" if name else None,
        firm_id=appointment.firm or None,
        substitute_for=appointment.substitute_for or None,
        from_day=appointment.from_day,
        to_day=appointment.to_day,
    )


async def my_views(deps: Dependencies, found: Sequence[Appointment]) -> list[MyAppointment]:
    today = day_of(deps.now())
    addresses = await places.addresses(deps, [a.place for a in found])
    grids = [a.place for a in found if a.role is Role.GRID_HEAD]
    buildings = await places_grids.buildings_of(deps, grids) if grids else {}
    current = [a for a in found if _is_now(a, today)]
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
        for a in found
    ]


def _is_now(appointment: Appointment, today: str) -> bool:
    return appointment.from_day <= today and (
        appointment.to_day is None or appointment.to_day >= today
    )


def title(role: Role, *, substitute: str) -> str:
    """Return the office, as said of who holds it or stands in for its holder."""
    return f"代理{TITLES[role]}" if substitute else TITLES[role]
