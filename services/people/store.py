"""Store of people and of the phones they hold."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from pymongo import ReturnDocument, UpdateOne

from mongo_indexes import people, phones
from services.consents.policies import PolicyKey
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.people.models import Person


async def upsert(db: Database, person: Person) -> Person:
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


async def note_sign_in(db: Database, person_id: str, at: datetime, tx: Transaction) -> bool:
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


async def find(db: Database, person_id: str) -> Person | None:
    document = await db[people.COLLECTION].find_one({"_id": person_id})
    return msgspec.convert(document, Person | None)


async def find_many(db: Database, person_ids: Sequence[str]) -> list[Person]:
    cursor = db[people.COLLECTION].find({"_id": {"$in": list(person_ids)}})
    return msgspec.convert(await cursor.to_list(), list[Person])


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


async def consents_of(db: Database, person_id: str) -> dict[str, int] | None:
    """Return policy → version; None for a closed account."""
    query = {"_id": person_id, "closed_at": None}
    document = await db[people.COLLECTION].find_one(query, {"consents": 1})
    return None if document is None else document.get("consents", {})


async def hold(db: Database, person_id: str, tx: Transaction) -> dict[str, int] | None:
    """The same inside a transaction, holding the person.

    The write is what makes this and a withdrawal, or the closing of the account, at the same
    moment conflict: one of the two transactions starts again and sees the other.
    """
    document = await db[people.COLLECTION].find_one_and_update(
        {"_id": person_id, "closed_at": None},
        {"$inc": {"touches": 1}},
        {"consents": 1},
        session=tx,
    )
    return None if document is None else document.get("consents", {})


async def note_consent(
    db: Database, person_id: str, policy: PolicyKey, version: int | None, tx: Transaction
) -> None:
    """Write which version is in force from now on; None: none any more."""
    name = f"consents.{policy}"
    change: Document = {"$unset": {name: ""}} if version is None else {"$set": {name: version}}
    await db[people.COLLECTION].update_one({"_id": person_id}, change, session=tx)
