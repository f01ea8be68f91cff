"""Writing who belongs to a home: moving in, being bound, another phone, the end.

Callers hold the home (places.hold) in the same transaction, so that of two changes to the
people of one home the second sees what the first wrote. Access is read from these rows on every
request: what is written here counts on the next one.
"""

from collections.abc import Sequence

from services.accounts import id_numbers, phones, residency_store, store
from services.accounts.models import Newcomer, Residency, ResidencyStep, Way
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.documents import Document, new_id
from services.kernel.permissions import Actor


class ResidencyMoved(errors.Conflict):
    """Somebody else changed it between our reading and our writing."""

    code = "residency_changed"


async def move_in(deps: Dependencies, tx: Transaction, newcomer: Newcomer) -> Residency:
    """Write somebody into a home, bound at once when we know who they are."""
    now = deps.now()
    row = _sealed(deps, newcomer)
    if newcomer.person is not None:
        row.person, row.bound_by = newcomer.person, newcomer.way
    elif row.phone_index:
        holders = await store.holders_of(deps.db, [row.phone_index], tx)
        row.person = holders.get(row.phone_index)
        row.bound_by = Way.PHONE if row.person else None
    row.bound_at = now if row.person else None
    if newcomer.because:
        because = reason_sealed(deps, row.id, newcomer.because)
        step = ResidencyStep(at=now, by=newcomer.recorded_by, did="added", because=because)
        row.history = [step]
    await residency_store.insert(deps.db, row, tx)
    return row


def _sealed(deps: Dependencies, newcomer: Newcomer) -> Residency:
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


async def bind(
    deps: Dependencies,
    tx: Transaction,
    row: Residency,
    person: str,
    *,
    way: Way,
    to_day: str | None = None,
) -> Residency:
    """Bind somebody to a residency that nobody is bound to. Raises ResidencyMoved.

    `to_day`: an earlier last day than the register knows of, e.g. of a tenancy.
    """
    now = deps.now()
    last = min((day for day in (row.to_day, to_day) if day), default=None)
    bound: Document = {"person": person, "bound_by": way, "bound_at": now, "to_day": last}
    step = ResidencyStep(at=now, by=person, did=f"bound_by_{way}")
    if row.person is not None or not await residency_store.change(
        deps.db, row, bound, step, tx
    ):
        raise ResidencyMoved("刚刚有改动,请刷新后再试")
    row.person, row.bound_by, row.bound_at, row.to_day = person, way, now, last
    return row


async def release(
    deps: Dependencies, tx: Transaction, row: Residency, actor: Actor, because: str
) -> None:
    """Let go of whoever is bound; the register's row stays. Raises ResidencyMoved."""
    free: Document = {"person": None, "bound_by": None, "bound_at": None}
    step = _step(deps, actor, row, "left", because)
    if not await residency_store.change(deps.db, row, free, step, tx):
        raise ResidencyMoved("刚刚有改动,请刷新后再试")


async def give_phone(
    deps: Dependencies,
    tx: Transaction,
    row: Residency,
    phone: str | None,
    *,
    actor: Actor,
    because: str,
) -> Residency:
    """Write the register's phone anew: whoever does not hold it loses the home at once.

    `phone`: E.164, or none. Its holder is bound; who was bound in whichever way and holds
    another number is not any more. Raises ResidencyMoved.
    """
    index = phones.blind_index(deps.vault, phone) if phone else None
    place = f"residencies/{row.id}/phone"
    holders = await store.holders_of(deps.db, [index] if index else [], tx)
    holder = holders.get(index or "")
    changes: Document = {
        "phone_sealed": deps.vault.seal(phone, place=place) if phone else None,
        "phone_index": index,
    }
    if holder is None or holder != row.person:
        changes["person"] = holder
        changes["bound_by"] = Way.PHONE if holder else None
        changes["bound_at"] = deps.now() if holder else None
    step = _step(deps, actor, row, "phone_changed", because)
    if not await residency_store.change(deps.db, row, changes, step, tx):
        raise ResidencyMoved("刚刚有改动,请刷新后再试")
    row.phone_sealed, row.phone_index = changes["phone_sealed"], index
    row.person = holder
    row.bound_by = changes.get("bound_by", row.bound_by)
    return row


async def end(
    deps: Dependencies,
    tx: Transaction,
    rows: Sequence[Residency],
    last_day: str,
    *,
    actor: Actor,
    because: str,
) -> None:
    """Give residencies a last day, inclusive: yesterday ends them at once."""
    for row in rows:
        changes: Document = {
            "to_day": last_day,
            "ended_by": actor.person_id,
            "ended_at": deps.now(),
            "ended_because": reason_sealed(deps, row.id, because),
        }
        step = _step(deps, actor, row, "ended", because)
        await residency_store.end(deps.db, row.id, changes, step, tx)


def _step(
    deps: Dependencies, actor: Actor, row: Residency, did: str, because: str
) -> ResidencyStep:
    sealed = reason_sealed(deps, row.id, because)
    return ResidencyStep(at=deps.now(), by=actor.person_id, did=did, because=sealed)


def reason_sealed(deps: Dependencies, residency_id: str, because: str) -> str:
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
