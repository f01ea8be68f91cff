"""Store of home requests."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from mongo_indexes.home_requests import COLLECTION
from services.dependencies import Database, Transaction
from services.home_requests import states
from services.home_requests.models import HomeRequest
from services.home_requests.states import OPEN, Event, RequestState
from services.kernel.documents import Document, to_document
from services.kernel.paths import under_any


async def insert(db: Database, request: HomeRequest, tx: Transaction) -> None:
    """Raise DuplicateKeyError when the same person's request for the home is open."""
    document = to_document(request)
    await db[COLLECTION].insert_one(document, session=tx)


async def find(
    db: Database, request_id: str, tx: Transaction | None = None
) -> HomeRequest | None:
    document = await db[COLLECTION].find_one({"_id": request_id}, session=tx)
    return msgspec.convert(document, HomeRequest | None)


async def find_open(db: Database, open_key: str, tx: Transaction) -> HomeRequest | None:
    """Served by index `open_key`."""
    document = await db[COLLECTION].find_one({"open_key": open_key}, session=tx)
    return msgspec.convert(document, HomeRequest | None)


async def count_open(db: Database, filed_by: str, tx: Transaction) -> int:
    """Served by index `filed_by`."""
    query = {"filed_by": filed_by, "state": {"$in": OPEN}}
    return await db[COLLECTION].count_documents(query, session=tx, hint="filed_by")


async def count_since(db: Database, filed_by: str, since: datetime, tx: Transaction) -> int:
    """Served by index `filed_by`."""
    query = {"filed_by": filed_by, "created_at": {"$gt": since}}
    return await db[COLLECTION].count_documents(query, session=tx, hint="filed_by")


async def filed_by(
    db: Database, person_id: str, held: Sequence[str], *, before: str, limit: int
) -> list[HomeRequest]:
    """What somebody filed, for others at the places `held`. Served by index `filed_by`.

    The newest first.
    """
    seen = [{"person": person_id}, under_any("home", held)]
    query: Document = {"filed_by": person_id, "$or": seen}
    if before:
        query["_id"] = {"$lt": before}
    cursor = db[COLLECTION].find(query).hint("filed_by").sort("_id", -1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[HomeRequest])


async def under(
    db: Database,
    places: Sequence[str],
    wanted: Sequence[RequestState],
    *,
    after: str,
    limit: int,
) -> list[HomeRequest]:
    """Requests for homes under these places, the oldest first. Served by index `state`."""
    query: Document = {"$and": [{"state": {"$in": list(wanted)}}, under_any("home", places)]}
    if after:
        query["$and"].append({"_id": {"$gt": after}})
    cursor = db[COLLECTION].find(query).hint("state").sort("_id", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[HomeRequest])


async def open_at(db: Database, home: str, tx: Transaction) -> list[HomeRequest]:
    """A home's requests that wait. Served by index `state`."""
    query = {"state": {"$in": OPEN}, "home": home}
    cursor = db[COLLECTION].find(query, session=tx)
    return msgspec.convert(await cursor.to_list(), list[HomeRequest])


async def move(
    db: Database, request_id: str, event: Event, tx: Transaction, **changes: Any
) -> bool:
    """Move a request along the table; False when somebody was first."""
    query = {"_id": request_id, "state": {"$in": states.sources(event)}}
    changes["state"] = states.target(event)
    if changes["state"] not in OPEN:
        changes["open_key"] = None
    result = await db[COLLECTION].update_one(query, {"$set": changes}, session=tx)
    return result.modified_count == 1


async def mark_disputed(db: Database, ids: Sequence[str], tx: Transaction) -> None:
    query = {"_id": {"$in": list(ids)}}
    await db[COLLECTION].update_many(query, {"$set": {"disputed": True}}, session=tx)


async def forget_photos(db: Database, request_id: str, tx: Transaction) -> None:
    change: Document = {"$set": {"photo_ids": []}}
    await db[COLLECTION].update_one({"_id": request_id}, change, session=tx)
