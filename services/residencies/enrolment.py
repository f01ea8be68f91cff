"""Enrolment of the people a register names for homes."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence

from services.dependencies import Dependencies, Transaction
from services.kernel.documents import encode
from services.people.actions import holders_of
from services.residencies import owners, sealed, store, tenures
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
    """Add residencies from a day on, bound at once to whoever proved the phone.

    Harmless to repeat: a residency's id follows from the source, the home and the number.
    """
    rows = [_residency(deps, person, source, from_day) for person in people]
    indexes = {row.phone_index for row in rows if row.phone_index}
    holders = await holders_of(deps, tx, indexes)
    for row in rows:
        row.person = holders.get(row.phone_index or "")
        row.bound_by = Way.PHONE if row.person else None
        row.bound_at = deps.now() if row.person else None
    await store.put(deps.db, tx, rows)
    homes = sorted({row.home for row in rows})
    for home in await store.owned_before(deps.db, tx, homes, source):
        await owners.count(deps, tx, home)


def _residency(deps: Dependencies, person: Enrolment, source: str, from_day: str) -> Residency:
    key = f"{source}|{person.home}|{person.number}".encode()
    number = int.from_bytes(hashlib.sha256(key).digest()[:ID_BYTES])
    row = Residency(
        id=encode(number, ID_LENGTH),
        home=person.home,
        relation=person.relation,
        name_sealed="",
        from_day=from_day,
        source=source,
    )
    row.owes_since = tenures.owes_since(row, [])
    sealed.seal(deps, row, name=person.name, phone=person.phone)
    return row


async def known_people(
    deps: Dependencies, homes: Sequence[str]
) -> dict[str, set[tuple[str, str]]]:
    """Return home → (name, phone or "") of its people today: only to compare, never to show."""
    known: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in await store.of_homes(deps.db, homes, deps.today()):
        phone = sealed.phone_of(deps, row) or ""
        known[row.home].add((sealed.name_of(deps, row), phone))
    return known
