"""Store of appointments."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from mongo_indexes.appointments import COLLECTION
from services.appointments.models import Appointment, Visibility
from services.dependencies import Database, Transaction
from services.kernel.days import active_on, not_over_on
from services.kernel.documents import Document, to_document
from services.kernel.paths import under_any
from services.kernel.permissions import Role


async def of_person(db: Database, person_id: str, day: str) -> list[Appointment]:
    """Roles a person holds today. Served by index `person`."""
    query = {"person": person_id, **active_on(day)}
    cursor = db[COLLECTION].find(query).sort("place", 1)
    return msgspec.convert(await cursor.to_list(), list[Appointment])


async def of_person_since(db: Database, person_id: str, day: str) -> list[Appointment]:
    """Roles a person holds, will hold or held since a day. Served by index `person`."""
    query = {"person": person_id, **not_over_on(day)}
    cursor = db[COLLECTION].find(query).sort("place", 1)
    return msgspec.convert(await cursor.to_list(), list[Appointment])


async def insert(db: Database, appointment: Appointment, tx: Transaction) -> None:
    await db[COLLECTION].insert_one(to_document(appointment), session=tx)


async def find(
    db: Database, appointment_id: str, tx: Transaction | None = None
) -> Appointment | None:
    document = await db[COLLECTION].find_one({"_id": appointment_id}, session=tx)
    return msgspec.convert(document, Appointment | None)


async def rivals(db: Database, wanted: Appointment, tx: Transaction) -> list[Appointment]:
    """The same role at the same place on some of the same days. Served by index `place`.

    A term ended before its first day held on no day at all.
    """
    until = {"from_day": {"$lte": wanted.to_day}} if wanted.to_day else {}
    query = {
        "place": wanted.place,
        "role": wanted.role,
        **until,
        **not_over_on(wanted.from_day),
    }
    cursor = db[COLLECTION].find(query, session=tx).hint("place")
    found = msgspec.convert(await cursor.to_list(), list[Appointment])
    return [rival for rival in found if rival.to_day is None or rival.from_day <= rival.to_day]


async def has_role(
    db: Database, phone_index: str, roles: Iterable[Role], day: str, tx: Transaction
) -> bool:
    """Tell whether a phone has such a role anywhere, or will. Served by `phone_index`."""
    query = {"phone_index": phone_index, "role": {"$in": sorted(roles)}, **not_over_on(day)}
    return await db[COLLECTION].find_one(query, {"_id": 1}, session=tx) is not None


async def substitutes_of(
    db: Database, appointment_id: str, day: str, tx: Transaction | None = None
) -> list[Appointment]:
    """Who stands in for a head today or later. Served by index `substitute_for`."""
    query = {"substitute_for": appointment_id, **not_over_on(day)}
    cursor = db[COLLECTION].find(query, session=tx).sort("from_day", 1)
    return msgspec.convert(await cursor.to_list(), list[Appointment])


async def end(db: Database, appointment_id: str, change: Document, tx: Transaction) -> bool:
    """Write the last day and who ended it, once; False when it was ended before."""
    key = {"_id": appointment_id, "ended_at": None}
    done = await db[COLLECTION].update_one(key, {"$set": change}, session=tx)
    return done.matched_count == 1


async def end_substitutes(
    db: Database, appointment_id: str, change: Document, tx: Transaction
) -> None:
    """Give substitutes no later last day than `change` has. Served by `substitute_for`."""
    later = {"substitute_for": appointment_id, "to_day": {"$gt": change["to_day"]}}
    await db[COLLECTION].update_many(later, {"$set": change}, session=tx)


async def resign(
    db: Database,
    found: Appointment,
    *,
    last_day: str,
    because: str,
    at: datetime,
    tx: Transaction,
) -> bool:
    """Write that the holder leaves, once; False when something changed meanwhile."""
    key = {"_id": found.id, "person": found.person, "ended_at": None, "resigned_at": None}
    change = {"to_day": last_day, "resigned_at": at, "ended_because": because}
    done = await db[COLLECTION].update_one(key, {"$set": change}, session=tx)
    return done.matched_count == 1


async def choose_contact(
    db: Database, appointment_id: str, visible_to: Visibility, tx: Transaction
) -> None:
    change = {"$set": {"phone_visible_to": visible_to}}
    await db[COLLECTION].update_one({"_id": appointment_id}, change, session=tx)


async def under(
    db: Database, places: Sequence[str], day: str, *, after: str, limit: int
) -> list[Appointment]:
    """Roles held today or later under these places, by id. Served by index `place`."""
    query = {"$and": [under_any("place", places), not_over_on(day), {"_id": {"$gt": after}}]}
    cursor = db[COLLECTION].find(query).sort("_id", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Appointment])


async def holders_at(
    db: Database, places: Sequence[str], roles: Sequence[Role], day: str
) -> list[Appointment]:
    """Who holds one of these roles at one of these places today. Served by index `place`."""
    query = {"place": {"$in": list(places)}, "role": {"$in": list(roles)}, **active_on(day)}
    cursor = db[COLLECTION].find(query).sort("place", -1)
    return msgspec.convert(await cursor.to_list(), list[Appointment])
