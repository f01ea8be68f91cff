"""Store of the sessions of mediations."""

from collections.abc import Mapping

import msgspec
from pymongo import UpdateOne

from mongo_indexes.mediation_sessions import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.mediations.sessions.models import Session
from services.mediations.sessions.states import TABLE, SessionAction


async def insert(db: Database, tx: Transaction, session: Session) -> None:
    await db[COLLECTION].insert_one(to_document(session), session=tx)


async def of(
    db: Database, mediation_id: str, *, tx: Transaction | None = None
) -> list[Session]:
    """Sessions of a mediation, the earliest planned first. Served by index `mediation`."""
    cursor = db[COLLECTION].find({"mediation": mediation_id}, session=tx).sort("_id", 1)
    return msgspec.convert(await cursor.to_list(), list[Session])


async def move(
    db: Database,
    tx: Transaction,
    session_id: str,
    mediation_id: str,
    action: SessionAction,
    **changes: object,
) -> bool:
    """Take a step of a session by compare-and-set; False when it is held or cancelled."""
    key: Document = {"_id": session_id, "mediation": mediation_id}
    return await TABLE.move(db[COLLECTION], key, action, dict(changes), tx=tx)


async def rewrite(db: Database, tx: Transaction, changes: Mapping[str, Document]) -> None:
    """Write other words over those of sessions: id → fields."""
    writes = [UpdateOne({"_id": each}, {"$set": new}) for each, new in changes.items()]
    if writes:
        await db[COLLECTION].bulk_write(writes, ordered=False, session=tx)
