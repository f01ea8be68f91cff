"""Store of push turns."""

from collections.abc import Sequence
from datetime import datetime

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from mongo_indexes.push_turns import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.bulk import duplicates


async def take(
    db: Database, people: Sequence[str], *, now: datetime, free_at: datetime, by: str
) -> None:
    """Take the turns that are free. Of two at once, the unique `_id` lets one."""
    writes = [
        UpdateOne(
            {"_id": person, "free_at": {"$lte": now}},
            {"$set": {"free_at": free_at, "by": by}},
            upsert=True,
        )
        for person in people
    ]
    try:
        await db[COLLECTION].bulk_write(writes, ordered=False)
    except BulkWriteError as error:  # an upsert beside a turn that is not over
        duplicates(error)


async def taken(db: Database, people: Sequence[str], by: str) -> set[str]:
    """Return those whose turn this one has."""
    cursor = db[COLLECTION].find({"_id": {"$in": list(people)}, "by": by}, {"_id": 1})
    return {document["_id"] for document in await cursor.to_list()}


async def give_back(db: Database, people: Sequence[str], by: str) -> None:
    await db[COLLECTION].delete_many({"_id": {"$in": list(people)}, "by": by})


async def remove(db: Database, tx: Transaction, person_id: str) -> None:
    await db[COLLECTION].delete_one({"_id": person_id}, session=tx)
