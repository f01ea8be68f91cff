"""Store of calls and of people's settings of them."""

from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes import call_settings, calls
from services.calls.models import Call, Settings
from services.calls.states import TABLE, CallAction
from services.dependencies import Database, Transaction
from services.kernel import steps
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, ListQuery, Page

NEWEST: Final = Keyset(Key(ascending=False))


async def insert(db: Database, tx: Transaction, call: Call) -> None:
    """Raise DuplicateKeyError when the same is asked and open."""
    await db[calls.COLLECTION].insert_one(to_document(call), session=tx)


async def find(db: Database, call_id: str, *, tx: Transaction | None = None) -> Call | None:
    document = await db[calls.COLLECTION].find_one({"_id": call_id}, session=tx)
    return msgspec.convert(document, Call | None)


async def find_open(db: Database, tx: Transaction, open_key: str) -> Call | None:
    """Return the open call about the same. Served by index `open`."""
    document = await db[calls.COLLECTION].find_one({"open_key": open_key}, session=tx)
    return msgspec.convert(document, Call | None)


async def move(
    db: Database, tx: Transaction, call: Call, action: CallAction, changes: Document
) -> Call | None:
    """Return the call as it is afterwards; None when somebody was first."""
    key = {"_id": call.id}
    moved = await TABLE.move_and_get(db[calls.COLLECTION], key, action, changes, tx=tx)
    return msgspec.convert(moved, Call | None)


async def note_shown(db: Database, tx: Transaction, call_id: str, at: datetime) -> None:
    update = {"$inc": {"shown": 1}, "$set": {"last_shown_at": at}}
    await db[calls.COLLECTION].update_one({"_id": call_id}, update, session=tx)


async def asked_by(db: Database, asker: str, query: ListQuery) -> Page[Call]:
    """Calls that somebody asked for, the newest first. Served by index `asker`."""
    where = {"asker": asker}
    return await NEWEST.page(db[calls.COLLECTION], Call, where, query, hint="asker")


async def asked_of(db: Database, person: str, query: ListQuery) -> Page[Call]:
    """Calls that somebody was asked for, the newest first. Served by index `person`."""
    where = {"person": person}
    return await NEWEST.page(db[calls.COLLECTION], Call, where, query, hint="person")


async def take_back(db: Database, tx: Transaction, person: str, now: datetime) -> None:
    """End whatever was allowed of a person; each ends after a day. By index `person`."""
    key = {"person": person, "open_key": {"$gt": ""}}
    over = {"open_key": None, "ends_at": now}
    await TABLE.move_many(db[calls.COLLECTION], key, CallAction.TAKE_BACK, over, tx=tx)


async def lapse(db: Database, tx: Transaction, now: datetime) -> bool:
    """End some calls whose time is over; tell whether there may be more. By index `ends`."""
    collection = db[calls.COLLECTION]
    over = {"open_key": {"$gt": ""}, "ends_at": {"$lte": now}}
    ids = await steps.ids_of(tx, collection, over)
    key = {"_id": {"$in": ids}}
    await TABLE.move_many(collection, key, CallAction.LAPSE, {"open_key": None}, tx=tx)
    return len(ids) == steps.AT_ONCE


# Settings


async def settings_of(
    db: Database, person: str, *, tx: Transaction | None = None
) -> Settings | None:
    document = await db[call_settings.COLLECTION].find_one({"_id": person}, session=tx)
    return msgspec.convert(document, Settings | None)


async def put_settings(db: Database, tx: Transaction, settings: Settings) -> None:
    chosen = {"shown_to": settings.shown_to, "changed_at": settings.changed_at}
    await db[call_settings.COLLECTION].update_one(
        {"_id": settings.id}, {"$set": chosen}, upsert=True, session=tx
    )


# Erasure


async def remove_of(db: Database, tx: Transaction, person: str) -> bool:
    """Remove a person's settings and some of the calls with them. Served by index `person`."""
    await db[call_settings.COLLECTION].delete_one({"_id": person}, session=tx)
    return await steps.remove(tx, db[calls.COLLECTION], {"person": person})
