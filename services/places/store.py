"""The places collection: the only module that queries it."""

from collections.abc import Sequence

import msgspec
from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError

from mongo_indexes.places import COLLECTION
from services.dependencies import Database, Transaction
from services.documents import to_document
from services.paths import under
from services.places.models import Kind, Place


async def insert(db: Database, place: Place) -> bool:
    """Return False when the path is taken."""
    try:
        await db[COLLECTION].insert_one(to_document(place))
    except DuplicateKeyError:
        return False
    return True


async def put(db: Database, places: Sequence[Place], tx: Transaction) -> None:
    """Insert places; those that are there already stay as they are."""
    writes = []
    for place in places:
        document = to_document(place)
        key = {"_id": document.pop("_id")}
        writes.append(UpdateOne(key, {"$setOnInsert": document}, upsert=True))
    if writes:
        await db[COLLECTION].bulk_write(writes, ordered=False, session=tx)


async def find(db: Database, path: str) -> Place | None:
    document = await db[COLLECTION].find_one({"_id": path})
    return msgspec.convert(document, Place | None)


async def find_many(db: Database, paths: Sequence[str]) -> list[Place]:
    cursor = db[COLLECTION].find({"_id": {"$in": list(paths)}}).sort("_id", 1)
    return msgspec.convert(await cursor.to_list(), list[Place])


async def of_kind_under(
    db: Database, place: str, kind: Kind, *, after: str, limit: int
) -> list[Place]:
    """Places of one kind under a place, by path. Served by index `kind`."""
    query = (
        {"kind": kind, "_id": {**under(place), "$gt": after}}
        if after
        else {
            "kind": kind,
            "_id": under(place),
        }
    )
    cursor = db[COLLECTION].find(query).sort("_id", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Place])


async def count_homes(db: Database, place: str) -> int:
    """Served by index `kind`."""
    query = {"kind": Kind.HOME, "_id": under(place)}
    return await db[COLLECTION].count_documents(query, hint="kind")


async def delete_from(db: Database, source: str, paths: Sequence[str], tx: Transaction) -> None:
    """Remove places that one import made."""
    query = {"_id": {"$in": list(paths)}, "source": source}
    await db[COLLECTION].delete_many(query, session=tx)


async def any_under(db: Database, place: str) -> bool:
    """Tell whether the place still has something below it."""
    query = {"_id": {"$gte": place + ".", "$lt": place + "/"}}
    return await db[COLLECTION].find_one(query, {"_id": 1}) is not None
