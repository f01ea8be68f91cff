"""Enrolment of the people a register names for homes."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence

from services.dependencies import Dependencies, Transaction
from services.kernel import phones
from services.kernel.days import day_of
from services.kernel.documents import encode
from services.people import store as people_store
from services.residencies import actions, store
from services.residencies.models import Enrolment, Residency, Way

ID_BYTES = 16
ID_LENGTH = 26


async def enrol(
    deps: Dependencies,
    tx: Transaction,
    people: Sequence[Enrolment],
    *,
    source: str,
    from_day: str,
) -> None:
    """Write who belongs to homes from a day on; people who proved their phone get them at once.

    Harmless to repeat: a residency's id follows from the source, the home and the number.
    """
    rows = [_residency(deps, person, source, from_day) for person in people]
    indexes = {row.phone_index for row in rows if row.phone_index}
    holders = await people_store.holders_of(deps.db, sorted(indexes), tx)
    for row in rows:
        row.person = holders.get(row.phone_index or "")
        row.bound_by = Way.PHONE if row.person else None
        row.bound_at = deps.now() if row.person else None
    await store.put(deps.db, rows, tx)


def _residency(deps: Dependencies, person: Enrolment, source: str, from_day: str) -> Residency:
    key = f"{source}|{person.home}|{person.number}".encode()
    number = int.from_bytes(hashlib.sha256(key).digest()[:ID_BYTES])
    residency = Residency(
        id=encode(number, ID_LENGTH),
        home=person.home,
        relation=person.relation,
        name_sealed="",
        from_day=from_day,
        source=source,
    )
    place = f"residencies/{residency.id}"
    residency.name_sealed = deps.vault.seal(person.name, place=f"{place}/name")
    if person.phone:
        residency.phone_sealed = deps.vault.seal(person.phone, place=f"{place}/phone")
        residency.phone_index = phones.blind_index(deps.vault, person.phone)
    return residency


async def known_people(
    deps: Dependencies, homes: Sequence[str]
) -> dict[str, set[tuple[str, str]]]:
    """Return home → (name, phone or "") of its people today: only to compare, never to show."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in await actions.of_homes(deps.db, homes, day_of(deps.now())):
        place = f"residencies/{row.id}"
        name = deps.vault.unseal(row.name_sealed, place=f"{place}/name")
        sealed = row.phone_sealed
        phone = deps.vault.unseal(sealed, place=f"{place}/phone") if sealed else ""
        found[row.home].add((name, phone))
    return found
