"""Store of broadcasts."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from pymongo import ReturnDocument

from mongo_indexes.broadcasts import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.messaging.broadcasts.models import Broadcast
from services.messaging.broadcasts.states import TABLE, Move


async def insert(db: Database, tx: Transaction, broadcast: Broadcast) -> bool:
    """Return False when it was begun before. An upsert: an error would abort the caller."""
    document = to_document(broadcast)
    key = {"_id": document.pop("_id")}
    done = await db[COLLECTION].update_one(
        key, {"$setOnInsert": document}, upsert=True, session=tx
    )
    return done.upserted_id is not None


async def find(
    db: Database, broadcast_id: str, *, tx: Transaction | None = None
) -> Broadcast | None:
    document = await db[COLLECTION].find_one({"_id": broadcast_id}, session=tx)
    return msgspec.convert(document, Broadcast | None)


async def find_many(db: Database, ids: Sequence[str]) -> list[Broadcast]:
    cursor = db[COLLECTION].find({"_id": {"$in": list(ids)}})
    return msgspec.convert(await cursor.to_list(), list[Broadcast])


async def note(db: Database, seen: Broadcast, changes: Document) -> Broadcast | None:
    """Note how far a broadcast is; None when it went on, or was stopped, without the worker."""
    document = await db[COLLECTION].find_one_and_update(
        {"_id": seen.id, "version": seen.version, "state": seen.state},
        {**changes, "$inc": {**changes.get("$inc", {}), "version": 1}},
        return_document=ReturnDocument.AFTER,
    )
    return msgspec.convert(document, Broadcast | None)


async def hold(db: Database, tx: Transaction, seen: Broadcast) -> bool:
    """Lock a broadcast; False when it was stopped, written anew, or carried on by another.

    The write is what makes this and a correction at the same moment conflict: one of the two
    transactions begins anew and sees the other.
    """
    key = {"_id": seen.id, "version": seen.version, "state": seen.state}
    key |= {"rewritten_at": seen.rewritten_at}
    touch = {"$inc": {"touches": 1}}
    return (await db[COLLECTION].update_one(key, touch, session=tx)).modified_count == 1


async def move(
    db: Database, seen: Broadcast, by: Move, changes: Mapping[str, Any]
) -> Broadcast | None:
    """Compare and set; None when it went on, or was stopped, without the worker."""
    key = {"_id": seen.id, "version": seen.version, "state": seen.state}
    changes = {"version": seen.version + 1, **changes}
    document = await TABLE.move_and_get(db[COLLECTION], key, by, changes)
    return msgspec.convert(document, Broadcast | None)


async def stop(db: Database, tx: Transaction, broadcast_id: str, changes: Document) -> bool:
    """Stop a broadcast that is still going; its worker finds that it has."""
    return await TABLE.move(db[COLLECTION], {"_id": broadcast_id}, Move.STOP, changes, tx=tx)


async def rewrite(db: Database, tx: Transaction, broadcast_id: str, changes: Document) -> None:
    """Write another text. Who has it in the inbox reads that from now on."""
    await db[COLLECTION].update_one({"_id": broadcast_id}, {"$set": changes}, session=tx)
