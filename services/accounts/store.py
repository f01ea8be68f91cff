"""People, their sessions, homes and roles: the only module that queries these collections."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from pymongo import ReturnDocument, UpdateOne

from mongo_indexes import appointments, people, residencies, sessions
from services.accounts.models import Appointment, Person, Residency, Session
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


async def set_phone(
    db: Database, person_id: str, *, sealed: str, index: str, at: datetime, tx: Transaction
) -> None:
    change = {"phone_sealed": sealed, "phone_index": index, "phone_given_at": at}
    await db[people.COLLECTION].update_one({"_id": person_id}, {"$set": change}, session=tx)


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


async def bind_phone(db: Database, person_id: str, phone_index: str, tx: Transaction) -> None:
    """Give the person what the register and the community wrote under this phone."""
    for collection in (residencies.COLLECTION, appointments.COLLECTION):
        await db[collection].update_many(
            {"phone_index": phone_index, "person": None},
            {"$set": {"person": person_id}},
            session=tx,
        )


async def unbind_other_phone(
    db: Database, person_id: str, phone_index: str, tx: Transaction
) -> None:
    """Take away what hung on a phone the person no longer has."""
    for collection in (residencies.COLLECTION, appointments.COLLECTION):
        await db[collection].update_many(
            {"person": person_id, "phone_index": {"$ne": phone_index}},
            {"$set": {"person": None}},
            session=tx,
        )


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


async def owners_by_index(
    db: Database, phone_indexes: Sequence[str], tx: Transaction | None = None
) -> dict[str, str]:
    """Return phone index → person id for people who proved these phones, the latest winning."""
    query = {"phone_index": {"$in": list(phone_indexes)}}
    cursor = db[people.COLLECTION].find(query, {"phone_index": 1}, session=tx).sort("_id", 1)
    return {document["phone_index"]: document["_id"] for document in await cursor.to_list()}


async def hold_people(db: Database, person_ids: Sequence[str], tx: Transaction) -> None:
    """Collide with whoever changes these people's phones: one of the two starts again."""
    held = {"_id": {"$in": list(person_ids)}}
    await db[people.COLLECTION].update_many(held, {"$inc": {"bindings": 1}}, session=tx)


async def bound_homes(db: Database, homes: Sequence[str], tx: Transaction) -> set[str]:
    """Return those of the homes that somebody is bound to. Served by index `home`."""
    query = {"home": {"$in": list(homes)}, "person": {"$type": "string"}}
    cursor = db[residencies.COLLECTION].find(query, {"home": 1}, session=tx)
    return {document["home"] for document in await cursor.to_list()}


async def any_bound_from(db: Database, source: str, place: str) -> bool:
    """Tell whether somebody was bound by what one import wrote. Served by index `home`."""
    query = {"home": under(place), "source": source, "person": {"$type": "string"}}
    return await db[residencies.COLLECTION].find_one(query, {"_id": 1}) is not None


async def waiting_at(db: Database, homes: Sequence[str]) -> dict[str, str]:
    """Return residency id → phone index of those nobody is bound to. Served by index `home`."""
    query = {
        "home": {"$in": list(homes)},
        "person": None,
        "phone_index": {"$gt": ""},
    }
    cursor = db[residencies.COLLECTION].find(query, {"phone_index": 1})
    return {document["_id"]: document["phone_index"] for document in await cursor.to_list()}


async def bind_residencies(
    db: Database, ids: Sequence[str], person_id: str, tx: Transaction
) -> None:
    query = {"_id": {"$in": list(ids)}, "person": None}
    change = {"$set": {"person": person_id}}
    await db[residencies.COLLECTION].update_many(query, change, session=tx)


async def appointments_of(db: Database, person_id: str, day: str) -> list[Appointment]:
    """Roles a person holds today. Served by index `person`."""
    query = {"person": person_id, **active_on(day)}
    cursor = db[appointments.COLLECTION].find(query).sort("place", 1)
    return msgspec.convert(await cursor.to_list(), list[Appointment])


async def insert_appointment(db: Database, appointment: Appointment, tx: Transaction) -> None:
    await db[appointments.COLLECTION].insert_one(to_document(appointment), session=tx)


async def appointments_under(
    db: Database, places: Sequence[str], day: str, *, after: str, limit: int
) -> list[Appointment]:
    """Roles held today under these places, by id. Served by index `place`."""
    query = {"$and": [under_any("place", places), active_on(day), {"_id": {"$gt": after}}]}
    cursor = db[appointments.COLLECTION].find(query).sort("_id", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Appointment])
