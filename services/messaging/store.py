"""Store of messages, and of the grants to send them through WeChat."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from pymongo import ReturnDocument

from mongo_indexes import message_grants, messages
from services.dependencies import Database, Transaction
from services.kernel import steps
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, ListQuery, Page
from services.kernel.unions import Part
from services.messaging.grants.models import GrantCount
from services.messaging.models import Message
from services.messaging.states import OUT, TABLE, Move

NEWEST: Final = Keyset(Key("position", ascending=False))


async def insert(db: Database, tx: Transaction, message: Message) -> bool:
    """Return False when it was told before. An upsert: an error would abort the transaction."""
    document = to_document(message)
    key = {"_id": document.pop("_id"), "person": document.pop("person")}
    result = await db[messages.COLLECTION].update_one(
        key, {"$setOnInsert": document}, upsert=True, session=tx
    )
    return result.upserted_id is not None


async def find_many(db: Database, ids: Sequence[str]) -> list[Message]:
    cursor = db[messages.COLLECTION].find({"_id": {"$in": list(ids)}})
    return msgspec.convert(await cursor.to_list(), list[Message])


async def find_of(db: Database, message_id: str, person_id: str) -> Message | None:
    document = await db[messages.COLLECTION].find_one({"_id": message_id, "person": person_id})
    return msgspec.convert(document, Message | None)


async def inbox(db: Database, person_id: str, query: ListQuery) -> Page[Message]:
    """One person's messages, newest first. Served by index `inbox`."""
    return await NEWEST.page(db[messages.COLLECTION], Message, {"person": person_id}, query)


async def count_unread(db: Database, person_id: str) -> int:
    """Served by index `unread`."""
    query = {"person": person_id, "read_at": None}
    return await db[messages.COLLECTION].count_documents(query, hint="unread")


async def mark_read(
    db: Database,
    message_id: str,
    person_id: str,
    at: datetime,
    *,
    rewritten_at: datetime | None = None,
) -> Message | None:
    """Return the message as read now; None when it is not theirs, or was read before.

    `rewritten_at`: when its text was written anew: who read it before reads another one now.
    """
    unread: list[Document] = [{"read_at": None}]
    if rewritten_at is not None:
        unread.append({"read_at": {"$lt": rewritten_at}})
    document = await db[messages.COLLECTION].find_one_and_update(
        {"_id": message_id, "person": person_id, "$or": unread},
        {"$set": {"read_at": at}},
        return_document=ReturnDocument.AFTER,
    )
    return msgspec.convert(document, Message | None)


async def move(
    db: Database, message_id: str, by: Move, *, tx: Transaction | None = None, **changes: Any
) -> bool:
    """Compare and set: return False when the message is not where this move starts."""
    key: Document = {"_id": message_id}
    if by is Move.START:
        key["read_at"] = None  # no grant is spent on what was read already
    return await TABLE.move(db[messages.COLLECTION], key, by, changes, tx=tx)


async def awaiting_receipt(
    db: Database, tx: Transaction, grant: str, wechat_id: str
) -> list[Message]:
    """Messages that WeChat's number may stand for: those that bear it, or none yet.

    Served by index `out`.
    """
    query = {
        "grant": grant,
        "delivery": {"$in": list(OUT)},
        "wechat_id": {"$in": [wechat_id, ""]},
        "receipt_at": None,
    }
    cursor = db[messages.COLLECTION].find(query, session=tx)
    return msgspec.convert(await cursor.to_list(), list[Message])


async def remove(db: Database, message_id: str, person_id: str) -> None:
    await db[messages.COLLECTION].delete_one({"_id": message_id, "person": person_id})


async def remove_of(db: Database, tx: Transaction, person_id: str) -> bool:
    """Erase a step of one person's messages. Served by index `inbox`."""
    return await steps.remove(tx, db[messages.COLLECTION], {"person": person_id})


async def add_grant(db: Database, tx: Transaction, grant: str) -> None:
    await db[message_grants.COLLECTION].update_one(
        {"_id": grant}, {"$inc": {"left": 1}}, upsert=True, session=tx
    )


async def find_grants(
    db: Database, grants: Sequence[str], *, tx: Transaction | None = None
) -> dict[str, GrantCount]:
    """Return grant → its count, of those that there are."""
    query = {"_id": {"$in": list(grants)}}
    cursor = db[message_grants.COLLECTION].find(query, session=tx)
    found = msgspec.convert(await cursor.to_list(), list[GrantCount])
    return {count.id: count for count in found}


async def granted_to(db: Database, who: Sequence[str]) -> list[GrantCount]:
    """List what WeChat users, by their digests, still allow. Served by index `who`."""
    query = {"who": {"$in": list(who)}, "left": {"$gt": 0}}
    cursor = db[message_grants.COLLECTION].find(query)
    return msgspec.convert(await cursor.to_list(), list[GrantCount])


async def write_grants(
    db: Database, tx: Transaction, seen: GrantCount, count: GrantCount
) -> None:
    """Write a count over what was seen of it in the same transaction."""
    words = to_document(count)
    told = {name: words[name] for name in ("who", "off_since", "reports", "pushes")}
    await db[message_grants.COLLECTION].update_one(
        {"_id": count.id},
        {"$set": {**told}, "$inc": {"left": count.left - seen.left}},
        upsert=True,
        session=tx,
    )


async def void_grants(db: Database, tx: Transaction, grant: str) -> None:
    await db[message_grants.COLLECTION].update_one(
        {"_id": grant}, {"$set": {"left": 0}}, session=tx
    )


def part_of_grants(grants: Sequence[str]) -> Part[GrantCount]:
    return Part(message_grants.COLLECTION, GrantCount, {"_id": {"$in": list(grants)}})


async def grants_left(
    db: Database, grants: Sequence[str], *, tx: Transaction | None = None
) -> dict[str, int]:
    cursor = db[message_grants.COLLECTION].find({"_id": {"$in": list(grants)}}, session=tx)
    return {document["_id"]: document["left"] for document in await cursor.to_list()}


async def remove_grants(db: Database, tx: Transaction, grants: Sequence[str]) -> None:
    await db[message_grants.COLLECTION].delete_many({"_id": {"$in": list(grants)}}, session=tx)
