"""Store of people and of the phones they hold."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from pymongo import ReturnDocument

from mongo_indexes import people, phones
from services.dependencies import Database, Transaction
from services.kernel.bulk import insert_all
from services.kernel.documents import Document, to_document
from services.kernel.unions import Part
from services.people.models import Person


async def upsert(db: Database, person: Person) -> Person:
    """Return the person of this WeChat identity, inserted now when there is none."""
    fresh = to_document(person)
    del fresh["wechat_key"]
    change: Document = {"$setOnInsert": fresh}
    if person.union_key:  # WeChat tells it once the apps are bound, perhaps after years
        change["$set"] = {"union_key": fresh.pop("union_key")}
    document = await db[people.COLLECTION].find_one_and_update(
        {"wechat_key": person.wechat_key},
        change,
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    return msgspec.convert(document, Person)


async def find(db: Database, person_id: str) -> Person | None:
    document = await db[people.COLLECTION].find_one({"_id": person_id})
    return msgspec.convert(document, Person | None)


def part(person_id: str) -> Part[Person]:
    return Part(people.COLLECTION, Person, {"_id": person_id})


async def find_many(db: Database, person_ids: Sequence[str]) -> list[Person]:
    cursor = db[people.COLLECTION].find({"_id": {"$in": list(person_ids)}})
    return msgspec.convert(await cursor.to_list(), list[Person])


async def closed_among(db: Database, person_ids: Sequence[str]) -> set[str]:
    query = {"_id": {"$in": list(person_ids)}, "closed_at": {"$type": "date"}}
    return {row["_id"] async for row in db[people.COLLECTION].find(query, {"_id": 1})}


async def note_sign_in(db: Database, tx: Transaction, person_id: str, at: datetime) -> bool:
    """Write when a person last signed in; False for a closed account.

    The write is what makes a sign-in and the closing of an account at the same moment
    conflict: one of the two transactions starts again and sees the other. It counts, because
    setting what is set already is no write.
    """
    change = {"$set": {"signed_in_at": at}, "$inc": {"sign_ins": 1}}
    result = await db[people.COLLECTION].update_one(
        {"_id": person_id, "closed_at": None}, change, session=tx
    )
    return result.matched_count == 1


async def consents_of(db: Database, person_id: str) -> dict[str, int] | None:
    """Return policy → version agreed to; None for a closed account."""
    query = {"_id": person_id, "closed_at": None}
    document = await db[people.COLLECTION].find_one(query, {"consents": 1})
    return None if document is None else document.get("consents", {})


async def hold(db: Database, tx: Transaction, person_id: str) -> dict[str, int] | None:
    """Lock an open account; return policy → version agreed to, None for a closed account.

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
    db: Database, tx: Transaction, person_id: str, policy: str, version: int | None
) -> None:
    """Write which version of a policy is agreed to from now on; None: none any more."""
    name = f"consents.{policy}"
    change: Document = {"$unset": {name: ""}} if version is None else {"$set": {name: version}}
    await db[people.COLLECTION].update_one({"_id": person_id}, change, session=tx)


async def take_phone(
    db: Database, tx: Transaction, index: str, person_id: str, *, sealed: str, at: datetime
) -> None:
    """Make a person the holder of a phone; its holder before loses it at once."""
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


async def holders_of(
    db: Database, tx: Transaction, phone_indexes: Sequence[str]
) -> dict[str, str]:
    """Return phone index → person who holds it, for writing something under these phones.

    Writes each phone's document, so that a phone proved at this moment conflicts and one of
    the two transactions starts again, seeing the other.
    """
    there = {"_id": {"$in": list(phone_indexes)}}
    rows = await db[phones.COLLECTION].find(there, {"person": 1}, session=tx).to_list()
    if rows:
        touch = {"$inc": {"touches": 1}}
        await db[phones.COLLECTION].update_many(there, touch, session=tx)
    known = {row["_id"] for row in rows}
    fresh = [{"_id": each, "touches": 1} for each in phone_indexes if each not in known]
    await insert_all(tx, db[phones.COLLECTION], fresh)
    return {row["_id"]: row["person"] for row in rows if row.get("person")}


async def close_account(
    db: Database, tx: Transaction, person_id: str, change: Document
) -> None:
    """Overwrite an account with an erased one, and release its phone."""
    before = await db[people.COLLECTION].find_one_and_update(
        {"_id": person_id}, {"$set": change}, session=tx
    )
    if before and before.get("phone_index"):
        key = {"_id": before["phone_index"], "person": person_id}
        await db[phones.COLLECTION].delete_one(key, session=tx)
