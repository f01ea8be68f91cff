"""The photos collection: the only module that queries it, but for privacy.py."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes import photos
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.kernel.permissions import Permission
from services.photos.models import Photo, State

COLLECTION: Final = photos.COLLECTION
NOBODYS: Final = {"state": State.GOING, "person": "", "attached_to": "", "place": ""}


async def insert(db: Database, photo: Photo) -> None:
    await db[COLLECTION].insert_one(to_document(photo))


async def finish(db: Database, photo_id: str, tx: Transaction) -> bool:
    """Say that the file is there; False when the photo was swept away meanwhile."""
    key = {"_id": photo_id, "state": State.WRITING}
    change = {"$set": {"state": State.READY}}
    return (await db[COLLECTION].update_one(key, change, session=tx)).matched_count == 1


async def count_loose(db: Database, person: str, tx: Transaction | None = None) -> int:
    """Count a person's photos that hang on nothing. Served by index `person`."""
    query = {"person": person, "attached_to": "", "state": State.READY}
    return await db[COLLECTION].count_documents(query, session=tx)


async def find(db: Database, photo_ids: Sequence[str]) -> list[Photo]:
    """Return those that are there to be seen, in any order."""
    query = {"_id": {"$in": list(photo_ids)}, "state": State.READY}
    return msgspec.convert(await db[COLLECTION].find(query).to_list(), list[Photo])


async def attach(
    db: Database,
    photo_ids: Sequence[str],
    person: str,
    tx: Transaction,
    *,
    subject: str,
    place: str,
    needs: Permission,
    owner: str,
) -> int:
    """Hang a person's loose photos on something; return how many were theirs and loose."""
    query: Document = {
        "_id": {"$in": list(photo_ids)},
        "person": person,
        "state": State.READY,
        "attached_to": "",
    }
    change: Document = {"attached_to": subject, "place": place, "needs": needs}
    change |= {"person": owner, "sweep_at": None}
    return (
        await db[COLLECTION].update_many(query, {"$set": change}, session=tx)
    ).modified_count


async def disown(db: Database, person: str, at: datetime, tx: Transaction) -> int:
    """Make a person's photos nobody's, to be swept. Served by index `person`."""
    change = {"$set": {**NOBODYS, "needs": None, "sweep_at": at}}
    return (
        await db[COLLECTION].update_many({"person": person}, change, session=tx)
    ).modified_count


async def let_go(
    db: Database, photo_ids: Sequence[str], subject: str, at: datetime, tx: Transaction
) -> int:
    """Make photos that hang on something nobody's, to be swept."""
    query = {"_id": {"$in": list(photo_ids)}, "attached_to": subject}
    change = {"$set": {**NOBODYS, "needs": None, "sweep_at": at}}
    return (await db[COLLECTION].update_many(query, change, session=tx)).modified_count


async def due(db: Database, now: datetime, *, limit: int) -> list[Photo]:
    """Return photos whose time is over, the longest first. Served by index `sweep_at`."""
    cursor = db[COLLECTION].find({"sweep_at": {"$lte": now}}).sort("sweep_at", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Photo])


async def begin_to_go(db: Database, photo: Photo) -> bool:
    """Take a photo away from everybody; False when it was attached a moment ago."""
    key = {"_id": photo.id, "state": photo.state, "sweep_at": photo.sweep_at}
    return (await db[COLLECTION].update_one(key, {"$set": NOBODYS})).matched_count == 1


async def delete(db: Database, photo_id: str) -> None:
    await db[COLLECTION].delete_one({"_id": photo_id, "state": State.GOING})
