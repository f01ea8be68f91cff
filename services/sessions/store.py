"""Signed-in devices: the only module that queries the sessions."""

from datetime import datetime

import msgspec

from mongo_indexes import sessions
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.sessions.models import LIVES, Session, SessionKind


async def insert_session(db: Database, session: Session, tx: Transaction) -> None:
    await db[sessions.COLLECTION].insert_one(to_document(session), session=tx)


async def find_session(db: Database, session_id: str) -> Session | None:
    document = await db[sessions.COLLECTION].find_one({"_id": session_id})
    return msgspec.convert(document, Session | None)


async def living(db: Database, person_id: str, now: datetime, *, limit: int) -> list[Session]:
    """A person's sessions that can still be used, newest first. Served by index `person`."""
    query: Document = {
        "person": person_id,
        "revoked_at": None,
        "expires_at": {"$gt": now},
        "$or": [
            {"kind": kind, "rotated_at": {"$gt": now - LIVES[kind].idle}}
            for kind in SessionKind
        ],
    }
    cursor = db[sessions.COLLECTION].find(query).sort("_id", -1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Session])


async def rotate(db: Database, session: Session, at: datetime) -> bool:
    result = await db[sessions.COLLECTION].update_one(
        {"_id": session.id, "generation": session.generation, "revoked_at": None},
        {"$inc": {"generation": 1}, "$set": {"rotated_at": at}},
    )
    return result.modified_count == 1


async def confirm(db: Database, session_id: str, at: datetime, tx: Transaction) -> bool:
    """Write that the person proved who they are; False when the session ended meanwhile."""
    result = await db[sessions.COLLECTION].update_one(
        {"_id": session_id, "revoked_at": None}, {"$set": {"confirmed_at": at}}, session=tx
    )
    return result.matched_count == 1


async def hold(db: Database, session_id: str, tx: Transaction) -> bool:
    """Tell whether a session lives, and keep it from ending until this transaction is over.

    A write, not a read: its end at the same moment conflicts, and one of the two starts again.
    """
    result = await db[sessions.COLLECTION].update_one(
        {"_id": session_id, "revoked_at": None}, {"$inc": {"holds": 1}}, session=tx
    )
    return result.matched_count == 1


async def end(
    db: Database,
    session_id: str,
    person_id: str,
    *,
    at: datetime,
    because: str,
    tx: Transaction,
) -> bool:
    """End one session of a person; False when it is somebody else's or over."""
    result = await db[sessions.COLLECTION].update_one(
        {"_id": session_id, "person": person_id, "revoked_at": None, "expires_at": {"$gt": at}},
        {"$set": {"revoked_at": at, "revoked_because": because}},
        session=tx,
    )
    return result.modified_count == 1


async def end_all(
    db: Database, person_id: str, *, at: datetime, because: str, tx: Transaction
) -> int:
    """End every session of a person; return how many. Served by index `person`."""
    result = await db[sessions.COLLECTION].update_many(
        {"person": person_id, "revoked_at": None, "expires_at": {"$gt": at}},
        {"$set": {"revoked_at": at, "revoked_because": because}},
        session=tx,
    )
    return result.modified_count


async def forget(db: Database, person_id: str, tx: Transaction) -> int:
    """Remove every trace of a person's devices; return how many. Served by index `person`."""
    result = await db[sessions.COLLECTION].delete_many({"person": person_id}, session=tx)
    return result.deleted_count
