"""Store of photos: one document for each file."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes.photos import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel import steps
from services.kernel.documents import Document, to_document
from services.kernel.permissions import Permission
from services.photos.models import Media, Photo, PhotoPurpose
from services.photos.states import TABLE, PhotoAction, PhotoState

NOBODYS: Final = {"person": "", "attached_to": "", "place": ""}


async def insert(db: Database, photo: Photo) -> None:
    await db[COLLECTION].insert_one(to_document(photo))


async def mark_ready(db: Database, tx: Transaction, photo_id: str) -> bool:
    """Note that the file is there; False when the photo was removed meanwhile."""
    key = {"_id": photo_id}
    return await TABLE.move(db[COLLECTION], key, PhotoAction.RELEASE, {}, tx=tx)


async def count_unattached(db: Database, person: str, *, tx: Transaction | None = None) -> int:
    """Count a person's photos that are attached to nothing. Served by index `person`."""
    query = {"person": person, "attached_to": "", "state": PhotoState.READY}
    return await db[COLLECTION].count_documents(query, session=tx)


async def count_unattached_films(
    db: Database, person: str, *, tx: Transaction | None = None
) -> int:
    """Count a person's films that are attached to nothing. Served by index `person`."""
    query = {"person": person, "attached_to": "", "state": PhotoState.READY}
    query["media"] = Media.MP4
    return await db[COLLECTION].count_documents(query, session=tx)


async def find(db: Database, photo_ids: Sequence[str]) -> list[Photo]:
    """Photos that are ready to be seen, in any order."""
    query = {"_id": {"$in": list(photo_ids)}, "state": PhotoState.READY}
    return msgspec.convert(await db[COLLECTION].find(query).to_list(), list[Photo])


async def attach(
    db: Database,
    tx: Transaction,
    photo_ids: Sequence[str],
    person: str,
    *,
    subject: str,
    place: str,
    needs: Permission | None,
    owner: str,
    purposes: Collection[PhotoPurpose],
) -> int:
    """Attach a person's photos; return how many were theirs and attached to nothing."""
    query: Document = {
        "_id": {"$in": list(photo_ids)},
        "person": person,
        "state": PhotoState.READY,
        "attached_to": "",
        "purpose": {"$in": list(purposes)},
    }
    change: Document = {"attached_to": subject, "place": place, "needs": needs}
    change |= {"person": owner, "sweep_at": None}
    return (
        await db[COLLECTION].update_many(query, {"$set": change}, session=tx)
    ).modified_count


async def detach(
    db: Database,
    tx: Transaction,
    photo_ids: Sequence[str],
    person: str,
    at: datetime,
    *,
    subject: str,
) -> list[str]:
    """Detach a person's photos from what they were sent for; return which these were."""
    where = {"_id": {"$in": list(photo_ids)}, "person": person, "attached_to": subject}
    found = await db[COLLECTION].find(where, {"_id": 1}, session=tx).to_list()
    ids: list[str] = [each["_id"] for each in found]
    change = {"$set": {"attached_to": "", "place": "", "needs": None, "sweep_at": at}}
    await db[COLLECTION].update_many({"_id": {"$in": ids}}, change, session=tx)
    return ids


async def disown(db: Database, tx: Transaction, person: str, at: datetime) -> int:
    """Make a step of a person's photos nobody's, to be removed. Served by index `person`."""
    ids = await steps.ids_of(tx, db[COLLECTION], {"person": person})
    key = {"_id": {"$in": ids}, "person": person}
    changes = {**NOBODYS, "needs": None, "sweep_at": at}
    return await TABLE.move_many(db[COLLECTION], key, PhotoAction.DISOWN, changes, tx=tx)


async def discard(
    db: Database, tx: Transaction, photo_ids: Sequence[str], subject: str, at: datetime
) -> int:
    """Make photos that are attached to `subject` nobody's, to be removed."""
    key = {"_id": {"$in": list(photo_ids)}, "attached_to": subject}
    changes = {**NOBODYS, "needs": None, "sweep_at": at}
    return await TABLE.move_many(db[COLLECTION], key, PhotoAction.DISOWN, changes, tx=tx)


async def due(db: Database, now: datetime, *, limit: int) -> list[Photo]:
    """Photos whose time is over, the oldest first. Served by index `sweep_at`."""
    cursor = db[COLLECTION].find({"sweep_at": {"$lte": now}}).sort("sweep_at", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Photo])


async def begin_removal(db: Database, photo: Photo) -> bool:
    """Make a photo nobody's; False when it was attached a moment ago."""
    key = {"_id": photo.id, "state": photo.state, "sweep_at": photo.sweep_at}
    return await TABLE.move(db[COLLECTION], key, PhotoAction.DISOWN, NOBODYS)


async def delete(db: Database, photo_id: str) -> None:
    await TABLE.remove(db[COLLECTION], {"_id": photo_id}, PhotoAction.DELETE)
