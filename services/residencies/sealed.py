"""Sealed text of a residency: name, phone, identity number, reasons."""

from typing import Final

from services.dependencies import Dependencies
from services.kernel import id_numbers, masking, phones
from services.kernel.vault import Sealed
from services.residencies.models import Newcomer, Residency

NAME: Final = Sealed("residencies", "name")
PHONE: Final = Sealed("residencies", "phone")
ID_NUMBER: Final = Sealed("residencies", "id_number")
BECAUSE: Final = Sealed("residencies", "because")


def draft(deps: Dependencies, newcomer: Newcomer) -> Residency:
    """Return a new residency of a newcomer, bound to nobody, with what names them sealed."""
    row = Residency(
        id=deps.new_id(),
        home=newcomer.home,
        relation=newcomer.relation,
        name_sealed="",
        from_day=newcomer.from_day,
        to_day=newcomer.to_day,
        source=newcomer.source,
        recorded_by=newcomer.recorded_by,
    )
    seal(deps, row, name=newcomer.name, phone=newcomer.phone)
    if newcomer.id_number:
        for name, value in id_number_fields(deps, row.id, newcomer.id_number).items():
            setattr(row, name, value)
    return row


def id_number_fields(deps: Dependencies, residency_id: str, number: str) -> dict[str, str]:
    """Return the fields of a residency that hold a normalised identity number."""
    return {
        "id_number_sealed": ID_NUMBER.seal(deps.vault, residency_id, number),
        "id_number_index": id_numbers.blind_index(deps.vault, number),
    }


def seal(deps: Dependencies, row: Residency, *, name: str, phone: str | None) -> None:
    """Write a name and a phone, E.164, into a residency."""
    row.name_sealed = NAME.seal(deps.vault, row.id, name)
    if phone:
        row.phone_sealed = seal_phone(deps, row.id, phone)
        row.phone_index = phones.blind_index(deps.vault, phone)


def seal_phone(deps: Dependencies, residency_id: str, phone: str) -> str:
    return PHONE.seal(deps.vault, residency_id, phone)


def seal_reason(deps: Dependencies, residency_id: str, because: str) -> str:
    """Seal a typed reason: such text names people, whatever it was asked for."""
    return BECAUSE.seal(deps.vault, residency_id, because) if because else ""


def name_of(deps: Dependencies, row: Residency) -> str:
    return NAME.open(deps.vault, row.id, row.name_sealed)


def phone_of(deps: Dependencies, row: Residency) -> str | None:
    if row.phone_sealed is None:
        return None
    return PHONE.open(deps.vault, row.id, row.phone_sealed)


def phone_masked(deps: Dependencies, row: Residency) -> str | None:
    phone = phone_of(deps, row)
    return None if phone is None else masking.phone(phone)


def id_number_of(deps: Dependencies, row: Residency) -> str | None:
    if row.id_number_sealed is None:
        return None
    return ID_NUMBER.open(deps.vault, row.id, row.id_number_sealed)


def has_id_number(deps: Dependencies, row: Residency, number: str) -> bool:
    """Tell whether a normalised identity number is the one of this residency."""
    return row.id_number_index == id_numbers.blind_index(deps.vault, number)
