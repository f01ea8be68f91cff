"""Store of discrepancies."""

from collections.abc import Sequence
from typing import Any

import msgspec
from pymongo import ReturnDocument

from mongo_indexes import discrepancies
from services.dependencies import Database, Transaction
from services.kernel.documents import to_document
from services.payments.discrepancies.models import Discrepancy
from services.payments.discrepancies.states import TABLE, DiscrepancyEvent, DiscrepancyState


async def put(db: Database, tx: Transaction, found: Discrepancy) -> None:
    """Write a difference down, or add to what is doubted; explained ones are open again."""
    document = to_document(found)
    key = {"_id": document.pop("_id")}
    doubts = {"$each": document.pop("doubts")}
    await db[discrepancies.COLLECTION].update_one(
        key,
        {"$setOnInsert": document, "$addToSet": {"doubts": doubts}},
        upsert=True,
        session=tx,
    )
    await move(db, tx, found.id, DiscrepancyEvent.DOUBT)


async def move(
    db: Database, tx: Transaction, discrepancy_id: str, event: DiscrepancyEvent, **changes: Any
) -> bool:
    """Compare and set the state of a difference; False when it is in another one."""
    key = {"_id": discrepancy_id}
    return await TABLE.move(db[discrepancies.COLLECTION], key, event, changes, tx=tx)


async def take(
    db: Database, tx: Transaction, discrepancy_id: str, amount_fen: int
) -> Discrepancy | None:
    """Take money out of what lies in suspense; None when none of it lies there."""
    document = await db[discrepancies.COLLECTION].find_one_and_update(
        {"_id": discrepancy_id, "state": DiscrepancyState.IN_SUSPENSE},
        {"$inc": {"amount_fen": -amount_fen}},
        return_document=ReturnDocument.AFTER,
        session=tx,
    )
    return msgspec.convert(document, Discrepancy | None)


async def find(
    db: Database, discrepancy_id: str, *, tx: Transaction | None = None
) -> Discrepancy | None:
    document = await db[discrepancies.COLLECTION].find_one({"_id": discrepancy_id}, session=tx)
    return msgspec.convert(document, Discrepancy | None)


async def in_states(
    db: Database, wanted: Sequence[DiscrepancyState], *, after: str, limit: int
) -> list[Discrepancy]:
    """Differences in these states, by id. Served by index `state`."""
    query = {"state": {"$in": list(wanted)}, "_id": {"$gt": after}}
    cursor = db[discrepancies.COLLECTION].find(query).sort("_id", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Discrepancy])


async def count(db: Database, wanted: Sequence[DiscrepancyState]) -> int:
    """Served by index `state`."""
    query = {"state": {"$in": list(wanted)}}
    return await db[discrepancies.COLLECTION].count_documents(query, hint="state")
