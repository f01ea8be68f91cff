"""Store of followers of the linked service account."""

from collections.abc import Collection
from datetime import datetime

import msgspec
from pymongo import ReturnDocument

from mongo_indexes import followers
from services.dependencies import Database, Transaction
from services.followers.models import Follower, follower_id


async def find(db: Database, follower: str) -> Follower | None:
    document = await db[followers.COLLECTION].find_one({"_id": follower})
    return msgspec.convert(document, Follower | None)


async def note_followed(db: Database, tx: Transaction, appid: str, openid: str) -> Follower:
    """Write that somebody began to follow; who it is, the job asks."""
    document = await db[followers.COLLECTION].find_one_and_update(
        {"_id": follower_id(appid, openid)},
        {
            "$setOnInsert": {"appid": appid, "openid": openid},
            "$set": {"unfollowed_at": None},
            "$inc": {"changes": 1},
        },
        upsert=True,
        return_document=ReturnDocument.AFTER,
        session=tx,
    )
    return msgspec.convert(document, Follower)


async def note_unfollowed(
    db: Database, follower: str, at: datetime, *, tx: Transaction | None = None
) -> Follower | None:
    """Write that somebody ceased to follow; None for somebody who never did."""
    document = await db[followers.COLLECTION].find_one_and_update(
        {"_id": follower},
        {"$set": {"union_key": None, "unfollowed_at": at}, "$inc": {"changes": 1}},
        return_document=ReturnDocument.AFTER,
        session=tx,
    )
    return msgspec.convert(document, Follower | None)


async def settle(
    db: Database,
    before: Follower,
    *,
    union_key: str | None,
    followed_at: datetime | None,
    unfollowed_at: datetime | None,
) -> bool:
    """Compare and set what WeChat says: False when something changed since it was asked."""
    change = {
        "union_key": union_key,
        "followed_at": followed_at,
        "unfollowed_at": unfollowed_at,
    }
    result = await db[followers.COLLECTION].update_one(
        {"_id": before.id, "changes": before.changes}, {"$set": change}
    )
    return result.matched_count == 1


async def remove(db: Database, follower: str) -> None:
    await db[followers.COLLECTION].delete_one({"_id": follower})


async def openids(db: Database, appid: str, union_keys: Collection[str]) -> dict[str, str]:
    """Return union key → openid, of those who follow. Served by index `union_key`."""
    query = {"union_key": {"$in": list(union_keys)}, "appid": appid}
    cursor = db[followers.COLLECTION].find(query, {"union_key": 1, "openid": 1})
    return {row["union_key"]: row["openid"] for row in await cursor.to_list()}


async def remove_of(db: Database, tx: Transaction, union_key: str) -> None:
    """Erase what is kept of one person, in each account. Served by index `union_key`."""
    await db[followers.COLLECTION].delete_many({"union_key": union_key}, session=tx)
