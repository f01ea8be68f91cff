"""Who holds which role: queries and writes of the appointments."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from mongo_indexes import appointments
from services.accounts.models import Appointment
from services.accounts.terms import active_on
from services.dependencies import Database, Transaction
from services.documents import to_document
from services.paths import under_any


async def appointments_of(db: Database, person_id: str, day: str) -> list[Appointment]:
    """Roles a person holds today. Served by index `person`."""
    query = {"person": person_id, **active_on(day)}
    cursor = db[appointments.COLLECTION].find(query).sort("place", 1)
    return msgspec.convert(await cursor.to_list(), list[Appointment])


async def insert_appointment(db: Database, appointment: Appointment, tx: Transaction) -> None:
    await db[appointments.COLLECTION].insert_one(to_document(appointment), session=tx)


async def find_appointment(db: Database, appointment_id: str) -> Appointment | None:
    document = await db[appointments.COLLECTION].find_one({"_id": appointment_id})
    return msgspec.convert(document, Appointment | None)


async def same_appointment(
    db: Database, wanted: Appointment, day: str, tx: Transaction
) -> Appointment | None:
    """The same role of the same phone at the same place. Served by index `phone_index`."""
    query = {
        "phone_index": wanted.phone_index,
        "place": wanted.place,
        "role": wanted.role,
        **active_on(day),
    }
    document = await db[appointments.COLLECTION].find_one(query, session=tx)
    return msgspec.convert(document, Appointment | None)


async def end_appointment(
    db: Database, appointment_id: str, *, last_day: str, by: str, at: datetime
) -> None:
    """Write the last day, once."""
    await db[appointments.COLLECTION].update_one(
        {"_id": appointment_id, "ended_at": None},
        {"$set": {"to_day": last_day, "ended_by": by, "ended_at": at}},
    )


async def appointments_under(
    db: Database, places: Sequence[str], day: str, *, after: str, limit: int
) -> list[Appointment]:
    """Roles held today under these places, by id. Served by index `place`."""
    query = {"$and": [under_any("place", places), active_on(day), {"_id": {"$gt": after}}]}
    cursor = db[appointments.COLLECTION].find(query).sort("_id", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Appointment])
