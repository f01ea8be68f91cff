"""People and the phones they hold, with what hangs on a phone."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from pymongo import ReturnDocument, UpdateOne

from mongo_indexes import appointments, people, phones, residencies
from services.accounts.models import Person, Visibility, Way
from services.accounts.terms import not_over_on
from services.dependencies import Database, Transaction
from services.kernel.days import day_of
from services.kernel.documents import to_document


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


async def admit(db: Database, person_id: str, at: datetime, tx: Transaction) -> bool:
    """Tell whether somebody may sign in, and write when they last did.

    The write is what makes a sign-in and the closing of an account at the same moment
    conflict: one of the two transactions starts again and sees the other. It counts, because
    setting what is set already is no write.
    """
    change = {"$set": {"signed_in_at": at}, "$inc": {"sign_ins": 1}}
    result = await db[people.COLLECTION].update_one(
        {"_id": person_id, "closed_at": None}, change, session=tx
    )
    return result.matched_count == 1


async def find_person(db: Database, person_id: str) -> Person | None:
    document = await db[people.COLLECTION].find_one({"_id": person_id})
    return msgspec.convert(document, Person | None)


async def find_people(db: Database, person_ids: Sequence[str]) -> list[Person]:
    cursor = db[people.COLLECTION].find({"_id": {"$in": list(person_ids)}})
    return msgspec.convert(await cursor.to_list(), list[Person])


async def bind_phone(
    db: Database, person_id: str, phone_index: str, at: datetime, tx: Transaction
) -> None:
    """Give the person what the register and the community wrote under this phone.

    A residency that somebody was bound to in another way stays theirs. Who may see the number
    of a head is chosen by whoever holds it: the last holder's choice is not the next one's.
    """
    current = {"phone_index": phone_index, **not_over_on(day_of(at))}
    free = {"bound_by": {"$in": [None, Way.PHONE]}, "person": {"$ne": person_id}}
    bound = {"person": person_id, "bound_by": Way.PHONE, "bound_at": at}
    await db[residencies.COLLECTION].update_many(
        {**current, **free}, {"$set": bound}, session=tx
    )
    office = {"person": person_id, "phone_visible_to": Visibility.NOBODY}
    await db[appointments.COLLECTION].update_many(
        {**current, "person": {"$ne": person_id}}, {"$set": office}, session=tx
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
    vacant = {"person": None, "phone_visible_to": Visibility.NOBODY}
    await db[appointments.COLLECTION].update_many(lost, {"$set": vacant}, session=tx)


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
