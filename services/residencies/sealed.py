"""Sealed text of a residency: name, phone, identity number, reasons."""

from services.dependencies import Dependencies
from services.kernel import id_numbers, phones
from services.kernel.documents import new_id
from services.residencies.models import Newcomer, Residency


def draft(deps: Dependencies, newcomer: Newcomer) -> Residency:
    residency_id = new_id(deps.now())
    place = f"residencies/{residency_id}"
    row = Residency(
        id=residency_id,
        home=newcomer.home,
        relation=newcomer.relation,
        name_sealed=deps.vault.seal(newcomer.name, place=f"{place}/name"),
        from_day=newcomer.from_day,
        to_day=newcomer.to_day,
        source=newcomer.source,
        recorded_by=newcomer.recorded_by,
    )
    if newcomer.phone:
        row.phone_sealed = deps.vault.seal(newcomer.phone, place=f"{place}/phone")
        row.phone_index = phones.blind_index(deps.vault, newcomer.phone)
    if newcomer.id_number:
        sealed = deps.vault.seal(newcomer.id_number, place=f"{place}/id_number")
        row.id_number_sealed = sealed
        row.id_number_index = id_numbers.blind_index(deps.vault, newcomer.id_number)
    return row


def seal_reason(deps: Dependencies, residency_id: str, because: str) -> str:
    """Seal what somebody typed: it names people, whatever it was asked for."""
    place = f"residencies/{residency_id}/because"
    return deps.vault.seal(because, place=place) if because else ""


def name_of(deps: Dependencies, row: Residency) -> str:
    return deps.vault.unseal(row.name_sealed, place=f"residencies/{row.id}/name")


def phone_masked(deps: Dependencies, row: Residency) -> str | None:
    if row.phone_sealed is None:
        return None
    place = f"residencies/{row.id}/phone"
    return phones.mask(deps.vault.unseal(row.phone_sealed, place=place))


def has_id_number(deps: Dependencies, row: Residency, number: str) -> bool:
    """Tell whether a normalised identity number is the one of this residency."""
    return row.id_number_index == id_numbers.blind_index(deps.vault, number)
