"""People, their sessions, homes and roles: the only module that queries these collections."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from pymongo import ReturnDocument, UpdateOne

from mongo_indexes import appointments, people, phones, residencies, sessions
from services.accounts.models import Appointment, Person, Residency, Session, Way
from services.days import day_of
from services.dependencies import Database, Transaction
from services.documents import Document, to_document
from services.paths import under, under_any


async def upsert_person(db: Database, person: Person) -> Person:
    """Return the person of this WeChat identity, made now when there is none."""
    fresh = to_document(person)
    del fresh["wechat_key"]
    document = await db[people.COLLECTION].find_one_and_update(
        {"wechat_key": person.wechat_key},
        {"$setOnInsert": fresh},
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    return msgspec.convert(document, Person)


async def find_person(db: Database, person_id: str) -> Person | None:
    document = await db[people.COLLECTION].find_one({"_id": person_id})
    return msgspec.convert(document, Person | None)


async def find_people(db: Database, person_ids: Sequence[str]) -> list[Person]:
    cursor = db[people.COLLECTION].find({"_id": {"$in": list(person_ids)}})
    return msgspec.convert(await cursor.to_list(), list[Person])


async def insert_session(db: Database, session: Session) -> None:
    await db[sessions.COLLECTION].insert_one(to_document(session))


async def find_session(db: Database, session_id: str) -> Session | None:
    document = await db[sessions.COLLECTION].find_one({"_id": session_id})
    return msgspec.convert(document, Session | None)


async def rotate(db: Database, session: Session, at: datetime) -> bool:
    result = await db[sessions.COLLECTION].update_one(
        {"_id": session.id, "generation": session.generation, "revoked_at": None},
        {"$inc": {"generation": 1}, "$set": {"rotated_at": at}},
    )
    return result.modified_count == 1


async def revoke(db: Database, session_id: str, *, at: datetime, because: str) -> bool:
    result = await db[sessions.COLLECTION].update_one(
        {"_id": session_id, "revoked_at": None},
        {"$set": {"revoked_at": at, "revoked_because": because}},
    )
    return result.modified_count == 1


def active_on(day: str) -> Document:
    return {
        "from_day": {"$lte": day},
        "$or": [{"to_day": None}, {"to_day": {"$gte": day}}],
    }


async def residencies_of(db: Database, person_id: str, day: str) -> list[Residency]:
    """Homes a person belongs to today. Served by index `person`."""
    query = {"person": person_id, **active_on(day)}
    cursor = db[residencies.COLLECTION].find(query).sort("home", 1)
    return msgspec.convert(await cursor.to_list(), list[Residency])


async def residents_of(db: Database, homes: Sequence[str], day: str) -> list[Residency]:
    """Who belongs to these homes today, homes in order. Served by index `home`."""
    query = {"home": {"$in": list(homes)}, **active_on(day)}
    cursor = db[residencies.COLLECTION].find(query).sort("home", 1)
    return msgspec.convert(await cursor.to_list(), list[Residency])


async def any_bound_under(db: Database, place: str) -> bool:
    """Tell whether somebody has been bound to a home there. Served by index `home`."""
    query = {"home": under(place), "person": {"$type": "string"}}
    return await db[residencies.COLLECTION].find_one(query, {"_id": 1}) is not None


def not_over_on(day: str) -> Document:
    """Rows that hold today or will: the past belongs to who was there."""
    return {"$or": [{"to_day": None}, {"to_day": {"$gte": day}}]}


async def bind_phone(
    db: Database, person_id: str, phone_index: str, at: datetime, tx: Transaction
) -> None:
    """Give the person what the register and the community wrote under this phone.

    A residency that somebody was bound to in another way stays theirs.
    """
    current = {"phone_index": phone_index, **not_over_on(day_of(at))}
    free = {"bound_by": {"$in": [None, Way.PHONE]}, "person": {"$ne": person_id}}
    bound = {"person": person_id, "bound_by": Way.PHONE, "bound_at": at}
    await db[residencies.COLLECTION].update_many(
        {**current, **free}, {"$set": bound}, session=tx
    )
    await db[appointments.COLLECTION].update_many(
        {**current, "person": {"$ne": person_id}}, {"$set": {"person": person_id}}, session=tx
    )


async def unbind_other_phone(
    db: Database, person_id: str, phone_index: str, at: datetime, tx: Transaction
) -> None:
    """Take away what hung on a phone the person no longer has."""
    lost = {
        "person": person_id,
        "phone_index": {"$ne": phone_index},
        **not_over_on(day_of(at)),
    }
    free = {"person": None, "bound_by": None, "bound_at": None}
    await db[residencies.COLLECTION].update_many(
        {**lost, "bound_by": Way.PHONE}, {"$set": free}, session=tx
    )
    await db[appointments.COLLECTION].update_many(lost, {"$set": {"person": None}}, session=tx)


async def put_residencies(db: Database, rows: Sequence[Residency], tx: Transaction) -> None:
    """Insert rows of the register; those that are there already stay as they are."""
    if not rows:
        return
    writes = []
    for row in rows:
        document = to_document(row)
        key = {"_id": document.pop("_id")}
        writes.append(UpdateOne(key, {"$setOnInsert": document}, upsert=True))
    await db[residencies.COLLECTION].bulk_write(writes, ordered=False, session=tx)


async def delete_residencies_from(
    db: Database, source: str, homes: Sequence[str], tx: Transaction
) -> None:
    query = {"home": {"$in": list(homes)}, "source": source}
    await db[residencies.COLLECTION].delete_many(query, session=tx)


async def take_phone(
    db: Database, index: str, person_id: str, *, sealed: str, at: datetime, tx: Transaction
) -> None:
    """Make a person the holder of a phone, who was and what hung on it losing it at once."""
    change = {"phone_sealed": None, "phone_index": None}
    before = await db[phones.COLLECTION].find_one_and_update(
        {"_id": index}, {"$set": {"person": person_id}}, upsert=True, session=tx
    )
    earlier = before.get("person") if before else None
    if earlier not in {None, person_id}:
        await db[people.COLLECTION].update_one(
            {"_id": earlier, "phone_index": index}, {"$set": change}, session=tx
        )
    given = {"phone_sealed": sealed, "phone_index": index, "phone_given_at": at}
    person = await db[people.COLLECTION].find_one_and_update(
        {"_id": person_id}, {"$set": given}, session=tx
    )
    left = person.get("phone_index") if person else None
    if left not in {None, index}:
        await db[phones.COLLECTION].update_one(
            {"_id": left, "person": person_id}, {"$set": {"person": None}}, session=tx
        )
    await unbind_other_phone(db, person_id, index, at, tx)
    await bind_phone(db, person_id, index, at, tx)


async def holders_of(
    db: Database, phone_indexes: Sequence[str], tx: Transaction
) -> dict[str, str]:
    """Return phone index → person who holds it, for writing something under these phones.

    Touches each phone's document, so that a phone proved at this moment conflicts and one of
    the two transactions starts again, seeing the other.
    """
    if not phone_indexes:
        return {}
    touches = [
        UpdateOne({"_id": index}, {"$inc": {"touches": 1}}, upsert=True)
        for index in phone_indexes
    ]
    await db[phones.COLLECTION].bulk_write(touches, ordered=False, session=tx)
    query = {"_id": {"$in": list(phone_indexes)}}
    cursor = db[phones.COLLECTION].find(query, session=tx)
    rows = await cursor.to_list()
    return {row["_id"]: row["person"] for row in rows if row.get("person")}


async def bound_homes(db: Database, homes: Sequence[str], tx: Transaction) -> set[str]:
    """Return those of the homes that somebody is bound to. Served by index `home`."""
    query = {"home": {"$in": list(homes)}, "person": {"$type": "string"}}
    cursor = db[residencies.COLLECTION].find(query, {"home": 1}, session=tx)
    return {document["home"] for document in await cursor.to_list()}


async def any_bound_from(db: Database, source: str, place: str) -> bool:
    """Tell whether somebody was bound by what one import wrote. Served by index `home`."""
    query = {"home": under(place), "source": source, "person": {"$type": "string"}}
    return await db[residencies.COLLECTION].find_one(query, {"_id": 1}) is not None


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
