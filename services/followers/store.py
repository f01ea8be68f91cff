"""Store of followers of the linked service account."""

from collections.abc import Collection
from datetime import datetime

import msgspec
from pymongo import ReturnDocument

from mongo_indexes import followers
from services.dependencies import Database, Transaction
from services.followers.models import Follower, erased_id, follower_id
from services.kernel.documents import to_document
from services.kernel.unions import Part


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
    change = {
        "union_key": None,
        "former_key": {"$ifNull": ["$union_key", "$former_key", None]},
        "unfollowed_at": at,
        "changes": {"$add": ["$changes", 1]},
    }
    document = await db[followers.COLLECTION].find_one_and_update(
        {"_id": follower},
        [{"$set": change}],
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
    former_key = None if union_key else before.union_key or before.former_key
    change = {
        "union_key": union_key,
        "former_key": former_key,
        "followed_at": followed_at,
        "unfollowed_at": unfollowed_at,
    }
    result = await db[followers.COLLECTION].update_one(
        {"_id": before.id, "changes": before.changes}, {"$set": change}
    )
    return result.matched_count == 1


async def remove(db: Database, follower: str) -> None:
    await db[followers.COLLECTION].delete_one({"_id": follower})


def part(appid: str, union_keys: Collection[str]) -> Part[Follower]:
    """Return the query for those who follow. Served by index `union_key`."""
    where = {"union_key": {"$in": list(union_keys)}, "appid": appid}
    return Part(followers.COLLECTION, Follower, where)


async def remove_settled(db: Database, follower: Follower) -> None:
    """Remove a row unless something changed since WeChat was asked about it."""
    key = {"_id": follower.id, "changes": follower.changes}
    await db[followers.COLLECTION].delete_one(key)


# Erasure


async def remove_of(
    db: Database, tx: Transaction, union_key: str, *, until: datetime | None = None
) -> None:
    """Remove what is kept of one person, in each account. Served by `union_key`, `former_key`.

    `until`: only what they followed by then; without it all.
    """
    more = {"appid": {"$gt": ""}, "followed_at": {"$not": {"$gt": until}}} if until else {}
    for field in ("union_key", "former_key"):
        await db[followers.COLLECTION].delete_many({field: union_key, **more}, session=tx)


async def note_erased(
    db: Database, tx: Transaction, person_id: str, union_key: str, at: datetime
) -> None:
    """Write that a person was erased; it is forgotten as who ceased to follow is."""
    row = Follower(
        id=erased_id(person_id),
        appid="",
        openid="",
        former_key=union_key,
        unfollowed_at=at,
        changes=1,
    )
    await db[followers.COLLECTION].insert_one(to_document(row), session=tx)


async def erased(db: Database, union_key: str) -> Follower | None:
    """Return that somebody was erased, the latest time. Served by index `former_key`."""
    query = {"former_key": union_key, "appid": ""}
    cursor = db[followers.COLLECTION].find(query).sort("unfollowed_at", -1).limit(1)
    return next(iter(msgspec.convert(await cursor.to_list(), list[Follower])), None)
