"""Store of content checks, and of WeChat's verdicts on pictures."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from pymongo import ReturnDocument

from mongo_indexes import media_verdicts
from mongo_indexes.content_checks import COLLECTION
from services.content_checks.models import (
    CheckSort,
    ChecksQuery,
    ContentCheck,
    Finding,
    MediaVerdict,
)
from services.content_checks.states import TABLE, CheckAction, CheckState
from services.dependencies import Database, Transaction
from services.kernel import steps
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under_any

ORDERS: Final = {
    CheckSort.OLDEST: Keyset(Key("created_at", kind=datetime), Key()),
    CheckSort.NEWEST: Keyset(
        Key("created_at", ascending=False, kind=datetime), Key(ascending=False)
    ),
}


async def insert(db: Database, tx: Transaction, check: ContentCheck) -> None:
    """Raises DuplicateKeyError when another version of the subject is being checked."""
    await db[COLLECTION].insert_one(to_document(check), session=tx)


async def find(
    db: Database, check_id: str, *, tx: Transaction | None = None
) -> ContentCheck | None:
    document = await db[COLLECTION].find_one({"_id": check_id}, session=tx)
    return msgspec.convert(document, ContentCheck | None)


async def latest(
    db: Database, subject: str, *, tx: Transaction | None = None
) -> ContentCheck | None:
    """Check of the latest version of a subject. Served by index `subject`."""
    document = await db[COLLECTION].find_one(
        {"subject": subject}, sort=[("created_at", -1), ("_id", -1)], session=tx
    )
    return msgspec.convert(document, ContentCheck | None)


async def page(db: Database, places: Sequence[str], query: ChecksQuery) -> Page[ContentCheck]:
    """Checks under these places; those that wait for a person by default.

    Served by the indexes `state` and `state_time`.
    """
    where = {
        "state": CheckState.DOUBTFUL,
        **chosen(query, "state"),
        **under_any("place", places),
    }
    return await ORDERS[query.sort].page(db[COLLECTION], ContentCheck, where, query)


async def move(
    db: Database, tx: Transaction, check_id: str, action: CheckAction, **changes: Any
) -> bool:
    """Move a check along the table; False when somebody was first."""
    return await TABLE.move(db[COLLECTION], {"_id": check_id}, action, changes, tx=tx)


async def void(db: Database, tx: Transaction, subject: str, **changes: Any) -> None:
    """Void the open check of a subject, if there is one. Served by index `open_key`."""
    key = {"open_key": subject}
    await TABLE.move_many(db[COLLECTION], key, CheckAction.VOID, changes, tx=tx)


async def note_finding(
    db: Database, tx: Transaction, check_id: str, part: str, finding: Finding
) -> None:
    change: Document = {"$set": {f"found.{part}": finding}}
    await db[COLLECTION].update_one({"_id": check_id}, change, session=tx)


async def note_sent(
    db: Database, tx: Transaction, check_id: str, photo_id: str, at: datetime
) -> None:
    change: Document = {"$push": {f"sent.{photo_id}": at}}
    await db[COLLECTION].update_one({"_id": check_id}, change, session=tx)


async def note_verdict(
    db: Database, tx: Transaction, trace_id: str, until: datetime, **fields: Any
) -> MediaVerdict:
    """Write one half of a submission (ours or WeChat's) and return what is known of both.

    Both halves write one document, so that of two at once the second sees the first.
    """
    document = await db[media_verdicts.COLLECTION].find_one_and_update(
        {"_id": trace_id},
        {"$set": {**fields, "expires_at": until}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
        session=tx,
    )
    return msgspec.convert(document, MediaVerdict)


# Erasure


async def remove_of(db: Database, tx: Transaction, person_id: str) -> bool:
    """Remove some checks of what a person wrote. Served by index `author`."""
    return await steps.remove(tx, db[COLLECTION], {"author": person_id})
