"""Sealed text of an appointment: its holder's name and phone."""

from services.appointments.models import Appointment
from services.dependencies import Dependencies
from services.kernel import phones


def seal(
    deps: Dependencies, appointment: Appointment, *, phone: str, name: str | None
) -> Appointment:
    """Write who somebody is into an appointment. InvalidPhone for what is no number."""
    number = phones.normalise(phone)
    at = f"appointments/{appointment.id}"
    appointment.phone_sealed = deps.vault.seal(number, place=f"{at}/phone")
    appointment.phone_index = phones.blind_index(deps.vault, number)
    if name is not None:
        appointment.name_sealed = deps.vault.seal(name, place=f"{at}/name")
    return appointment


def phone_of(deps: Dependencies, appointment: Appointment) -> str:
    place = f"appointments/{appointment.id}/phone"
    return deps.vault.unseal(appointment.phone_sealed, place=place)


def name_of(deps: Dependencies, appointment: Appointment) -> str | None:
    if appointment.name_sealed is None:
        return None
    place = f"appointments/{appointment.id}/name"
    return deps.vault.unseal(appointment.name_sealed, place=place)
