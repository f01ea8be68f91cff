"""Store of browser sign-ins by QR code."""

from datetime import datetime
from typing import Any

import msgspec
from pymongo import ReturnDocument

from mongo_indexes.browser_sign_ins import COLLECTION
from services.browser_sign_ins.models import BrowserSignIn
from services.browser_sign_ins.states import TABLE, Event
from services.dependencies import Database, Transaction
from services.kernel import steps
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
    key = {"_id": sign_in_id, "expires_at": {"$gt": now}}
    return await TABLE.move(db[COLLECTION], key, event, changes, tx=tx)


async def miss(db: Database, tx: Transaction, sign_in_id: str, now: datetime) -> int:
    """Count a wrong number; return how many there were, 0 when it no longer matters."""
    query = TABLE.where({"_id": sign_in_id, "expires_at": {"$gt": now}}, Event.ALLOW)
    document = await db[COLLECTION].find_one_and_update(
        query, {"$inc": {"misses": 1}}, return_document=ReturnDocument.AFTER, session=tx
    )
    return int(document["misses"]) if document else 0


async def refuse_all(db: Database, tx: Transaction, person_id: str, now: datetime) -> None:
    """Refuse what a person allowed and no browser has used yet. Served by index `person`."""
    key, changes = {"person": person_id}, {"answered_at": now}
    await TABLE.move_many(db[COLLECTION], key, Event.TAKE_BACK, changes, tx=tx)


async def forget(db: Database, tx: Transaction, person_id: str) -> bool:
    """Remove what a person allowed or confirmed. Served by index `person`."""
    return await steps.remove(tx, db[COLLECTION], {"person": person_id})
