"""Writing who belongs to a home: moving in, being bound, another phone, the end.

Callers hold the home (places.hold) in the same transaction, so that of two changes to the
people of one home the second sees what the first wrote. Access is read from these rows on every
request: what is written here counts on the next one.
"""

from collections.abc import Sequence

import msgspec

from mongo_indexes import residencies
from services.dependencies import Database, Dependencies, Transaction
from services.kernel import errors, phones
from services.kernel.days import active_on, not_over_on
from services.kernel.documents import Document
from services.kernel.paths import under
from services.kernel.permissions import Actor
from services.people import store as people_store
from services.residencies import sealed as residencies_sealed
from services.residencies import store
from services.residencies.models import Newcomer, Residency, ResidencyStep, Way


class ResidencyMoved(errors.Conflict):
    """Somebody else changed it between our reading and our writing."""

    code = "residency_changed"


async def move_in(deps: Dependencies, tx: Transaction, newcomer: Newcomer) -> Residency:
    """Write somebody into a home, bound at once when we know who they are."""
    now = deps.now()
    row = residencies_sealed.draft(deps, newcomer)
    if newcomer.person is not None:
        row.person, row.bound_by = newcomer.person, newcomer.way
    elif row.phone_index:
        holders = await people_store.holders_of(deps.db, [row.phone_index], tx)
        row.person = holders.get(row.phone_index)
        row.bound_by = Way.PHONE if row.person else None
    row.bound_at = now if row.person else None
    if newcomer.because:
        because = residencies_sealed.seal_reason(deps, row.id, newcomer.because)
        step = ResidencyStep(at=now, by=newcomer.recorded_by, did="added", because=because)
        row.history = [step]
    await store.insert(deps.db, row, tx)
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
    if row.person is not None or not await store.change(deps.db, row, bound, step, tx):
        raise ResidencyMoved("刚刚有改动,请刷新后再试")
    row.person, row.bound_by, row.bound_at, row.to_day = person, way, now, last
    return row


async def release(
    deps: Dependencies, tx: Transaction, row: Residency, actor: Actor, because: str
) -> None:
    """Let go of whoever is bound; the register's row stays. Raises ResidencyMoved."""
    free: Document = {"person": None, "bound_by": None, "bound_at": None}
    step = _step(deps, actor, row, "left", because)
    if not await store.change(deps.db, row, free, step, tx):
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
    holders = await people_store.holders_of(deps.db, [index] if index else [], tx)
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
    if not await store.change(deps.db, row, changes, step, tx):
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
            "ended_because": residencies_sealed.seal_reason(deps, row.id, because),
        }
        step = _step(deps, actor, row, "ended", because)
        await store.end(deps.db, row.id, changes, step, tx)


def _step(
    deps: Dependencies, actor: Actor, row: Residency, did: str, because: str
) -> ResidencyStep:
    sealed = residencies_sealed.seal_reason(deps, row.id, because)
    return ResidencyStep(at=deps.now(), by=actor.person_id, did=did, because=sealed)


async def of_person(db: Database, person_id: str, day: str) -> list[Residency]:
    """Homes a person belongs to today. Served by index `person`."""
    query = {"person": person_id, **active_on(day)}
    cursor = db[residencies.COLLECTION].find(query).sort("home", 1)
    return msgspec.convert(await cursor.to_list(), list[Residency])


async def of_homes(db: Database, homes: Sequence[str], day: str) -> list[Residency]:
    """Who belongs to these homes today, homes in order. Served by index `home`."""
    query = {"home": {"$in": list(homes)}, **active_on(day)}
    cursor = db[residencies.COLLECTION].find(query).sort("home", 1)
    return msgspec.convert(await cursor.to_list(), list[Residency])


async def remove_from(db: Database, source: str, homes: Sequence[str], tx: Transaction) -> None:
    query = {"home": {"$in": list(homes)}, "source": source}
    await db[residencies.COLLECTION].delete_many(query, session=tx)


async def bound_homes(db: Database, homes: Sequence[str], tx: Transaction) -> set[str]:
    """Return those of the homes that somebody is bound to. Served by index `home`."""
    query = {"home": {"$in": list(homes)}, "person": {"$type": "string"}}
    cursor = db[residencies.COLLECTION].find(query, {"home": 1}, session=tx)
    return {document["home"] for document in await cursor.to_list()}


async def any_bound_from(db: Database, source: str, place: str) -> bool:
    """Tell whether somebody was bound by what one import wrote. Served by index `home`."""
    query = {"home": under(place), "source": source, "person": {"$type": "string"}}
    return await db[residencies.COLLECTION].find_one(query, {"_id": 1}) is not None


async def find(
    db: Database, residency_id: str, tx: Transaction | None = None
) -> Residency | None:
    document = await db[residencies.COLLECTION].find_one({"_id": residency_id}, session=tx)
    return msgspec.convert(document, Residency | None)


async def of_home(
    db: Database, home: str, day: str, tx: Transaction | None = None
) -> list[Residency]:
    """Who belongs to a home on a day or will later. Served by index `home`."""
    query = {"home": home, **not_over_on(day)}
    cursor = db[residencies.COLLECTION].find(query, session=tx)
    cursor = cursor.sort([("from_day", 1), ("_id", 1)])
    return msgspec.convert(await cursor.to_list(), list[Residency])


async def ever_of_home(db: Database, home: str, *, limit: int) -> list[Residency]:
    """Who belongs or belonged to a home, the latest first. Served by index `home`."""
    cursor = db[residencies.COLLECTION].find({"home": home})
    cursor = cursor.sort([("from_day", -1), ("_id", -1)]).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Residency])


async def unbound_under(
    db: Database, place: str, day: str, *, limit: int, tx: Transaction
) -> list[Residency]:
    """Who belongs to homes there today and is nobody who signed in. Served by `home`."""
    query = {"home": under(place), "person": None, **active_on(day)}
    cursor = db[residencies.COLLECTION].find(query, session=tx).sort("home", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Residency])
