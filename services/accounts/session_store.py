"""Signed-in devices: the only module that queries the sessions."""

from datetime import datetime

import msgspec

from mongo_indexes import sessions
from services.accounts.models import Session
from services.dependencies import Database
from services.documents import to_document


async def insert_session(db: Database, session: Session) -> None:
    await db[sessions.COLLECTION].insert_one(to_document(session))


async def find_session(db: Database, session_id: str) -> Session | None:
    document = await db[sessions.COLLECTION].find_one({"_id": session_id})
    return msgspec.convert(document, Session | None)


async def rotate(db: Database, session: Session, at: datetime) -> bool:
    result = await db[sessions.COLLECTION].update_one(
        {"_id": session.id, "generation": session.generation, "revoked_at": None},
        {"$inc": {"generation": 1}, "$set": {"rotated_at": at}},
    )
    return result.modified_count == 1


async def revoke(db: Database, session_id: str, *, at: datetime, because: str) -> bool:
    result = await db[sessions.COLLECTION].update_one(
        {"_id": session_id, "revoked_at": None},
        {"$set": {"revoked_at": at, "revoked_because": because}},
    )
    return result.modified_count == 1
