"""Store of message grants: how often WeChat lets us send one template to one person."""

from collections.abc import Sequence

from mongo_indexes import message_grants
from services.dependencies import Database, Transaction

# Grants


async def take(db: Database, grant: str, tx: Transaction) -> bool:
    """Reserve one; False when none is left."""
    result = await db[message_grants.COLLECTION].update_one(
        {"_id": grant, "left": {"$gt": 0}}, {"$inc": {"left": -1}}, session=tx
    )
    return result.modified_count == 1


async def add(db: Database, grant: str, tx: Transaction) -> None:
    await db[message_grants.COLLECTION].update_one(
        {"_id": grant}, {"$inc": {"left": 1}}, upsert=True, session=tx
    )


async def void(db: Database, grant: str, tx: Transaction) -> None:
    await db[message_grants.COLLECTION].update_one(
        {"_id": grant}, {"$set": {"left": 0}}, session=tx
    )


async def left(db: Database, grants: Sequence[str]) -> dict[str, int]:
    cursor = db[message_grants.COLLECTION].find({"_id": {"$in": list(grants)}})
    return {document["_id"]: document["left"] for document in await cursor.to_list()}
