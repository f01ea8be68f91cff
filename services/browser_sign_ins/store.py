"""Store of browser sign-ins by QR code."""

from datetime import datetime
from typing import Any

import msgspec
from pymongo import ReturnDocument

from mongo_indexes.browser_sign_ins import COLLECTION
from services.browser_sign_ins import states
from services.browser_sign_ins.models import BrowserSignIn
from services.browser_sign_ins.states import Event
from services.dependencies import Database, Transaction
from services.kernel.documents import to_document


async def insert(
    db: Database, sign_in: BrowserSignIn, *, tx: Transaction | None = None
) -> None:
    await db[COLLECTION].insert_one(to_document(sign_in), session=tx)


async def find(db: Database, sign_in_id: str) -> BrowserSignIn | None:
    document = await db[COLLECTION].find_one({"_id": sign_in_id})
    return msgspec.convert(document, BrowserSignIn | None)


async def find_by_scene(db: Database, scene_index: str) -> BrowserSignIn | None:
    """Find the sign-in whose QR code was scanned. Served by index `scene`."""
    document = await db[COLLECTION].find_one({"scene_index": scene_index})
    return msgspec.convert(document, BrowserSignIn | None)


async def move(
    db: Database,
    tx: Transaction,
    sign_in_id: str,
    event: Event,
    now: datetime,
    **changes: Any,
) -> bool:
    """Move a sign-in that has not expired; False when another request was first."""
    query = {
        "_id": sign_in_id,
        "state": {"$in": states.sources(event)},
        "expires_at": {"$gt": now},
    }
    change = {"$set": {"state": states.target(event), **changes}}
    result = await db[COLLECTION].update_one(query, change, session=tx)
    return result.modified_count == 1


async def miss(db: Database, tx: Transaction, sign_in_id: str, now: datetime) -> int:
    """Count a wrong number; return how many there were, 0 when it no longer matters."""
    query = {
        "_id": sign_in_id,
        "state": {"$in": states.sources(Event.ALLOW)},
        "expires_at": {"$gt": now},
    }
    document = await db[COLLECTION].find_one_and_update(
        query, {"$inc": {"misses": 1}}, return_document=ReturnDocument.AFTER, session=tx
    )
    return int(document["misses"]) if document else 0


async def refuse_all(db: Database, tx: Transaction, person_id: str, now: datetime) -> None:
    """Refuse what a person allowed and no browser has used yet. Served by index `person`."""
    event = Event.TAKE_BACK
    await db[COLLECTION].update_many(
        {"person": person_id, "state": {"$in": states.sources(event)}},
        {"$set": {"state": states.target(event), "answered_at": now}},
        session=tx,
    )


async def forget(db: Database, tx: Transaction, person_id: str) -> None:
    """Remove what a person allowed or confirmed. Served by index `person`."""
    await db[COLLECTION].delete_many({"person": person_id}, session=tx)
