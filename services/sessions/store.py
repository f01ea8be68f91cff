"""Store of sessions."""

from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes import sessions
from services.dependencies import Database, Transaction
from services.kernel import steps
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, ListQuery, Page
from services.kernel.unions import Part
from services.sessions.models import LIVES, Session, SessionKind

NEWEST: Final = Keyset(Key(ascending=False))


async def insert(db: Database, tx: Transaction, session: Session) -> None:
    await db[sessions.COLLECTION].insert_one(to_document(session), session=tx)


async def find(db: Database, session_id: str) -> Session | None:
    document = await db[sessions.COLLECTION].find_one({"_id": session_id})
    return msgspec.convert(document, Session | None)


def part(session_id: str) -> Part[Session]:
    return Part(sessions.COLLECTION, Session, {"_id": session_id})


async def current_of(
    db: Database, person_id: str, now: datetime, query: ListQuery
) -> Page[Session]:
    """A person's sessions that can still be used, newest first. Served by index `person`."""
    where: Document = {
        "person": person_id,
        "revoked_at": None,
        "expires_at": {"$gt": now},
        "$or": [
            {"kind": kind, "rotated_at": {"$gt": now - LIVES[kind].idle}}
            for kind in SessionKind
        ],
    }
    return await NEWEST.page(db[sessions.COLLECTION], Session, where, query)


async def rotate(db: Database, session: Session, at: datetime) -> bool:
    result = await db[sessions.COLLECTION].update_one(
        {"_id": session.id, "generation": session.generation, "revoked_at": None},
        {"$inc": {"generation": 1}, "$set": {"rotated_at": at}},
    )
    return result.modified_count == 1


async def confirm(db: Database, tx: Transaction, session_id: str, at: datetime) -> bool:
    """Write that the person proved who they are; False when the session ended meanwhile."""
    result = await db[sessions.COLLECTION].update_one(
        {"_id": session_id, "revoked_at": None}, {"$set": {"confirmed_at": at}}, session=tx
    )
    return result.matched_count == 1


async def hold(db: Database, tx: Transaction, session_id: str) -> bool:
    """Lock a session that has not ended; False when it has.

    A write, not a read: its end at the same moment conflicts, and one of the two transactions
    starts again.
    """
    result = await db[sessions.COLLECTION].update_one(
        {"_id": session_id, "revoked_at": None}, {"$inc": {"holds": 1}}, session=tx
    )
    return result.matched_count == 1


async def end(
    db: Database,
    tx: Transaction,
    session_id: str,
    person_id: str,
    *,
    at: datetime,
    because: str,
) -> bool:
    """End one session of a person; False when it is somebody else's or over."""
    result = await db[sessions.COLLECTION].update_one(
        {"_id": session_id, "person": person_id, "revoked_at": None, "expires_at": {"$gt": at}},
        {"$set": {"revoked_at": at, "revoked_because": because}},
        session=tx,
    )
    return result.modified_count == 1


async def end_all(
    db: Database, tx: Transaction, person_id: str, *, at: datetime, because: str
) -> int:
    """End every session of a person; return how many. Served by index `person`."""
    result = await db[sessions.COLLECTION].update_many(
        {"person": person_id, "revoked_at": None, "expires_at": {"$gt": at}},
        {"$set": {"revoked_at": at, "revoked_because": because}},
        session=tx,
    )
    return result.modified_count


async def forget(db: Database, tx: Transaction, person_id: str) -> bool:
    """Remove a step of a person's sessions. Served by index `person`."""
    return await steps.remove(tx, db[sessions.COLLECTION], {"person": person_id})
