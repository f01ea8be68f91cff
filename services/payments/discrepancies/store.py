"""Store of discrepancies."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from pymongo import ReturnDocument

from mongo_indexes import discrepancies
from services.dependencies import Database, Transaction
from services.kernel import walks
from services.kernel.documents import to_document
from services.kernel.pages import Key, Keyset, Page, chosen, within
from services.payments.discrepancies.models import (
    DiscrepanciesQuery,
    Discrepancy,
    DiscrepancySort,
)
from services.payments.discrepancies.states import (
    TABLE,
    WAITING,
    DiscrepancyEvent,
    DiscrepancyState,
)

ORDERS: Final = {
    DiscrepancySort.ORDER: Keyset(Key()),
    DiscrepancySort.OLDEST: Keyset(Key("found_at", kind=datetime), Key()),
    DiscrepancySort.NEWEST: Keyset(
        Key("found_at", ascending=False, kind=datetime), Key(ascending=False)
    ),
}


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


async def page(db: Database, query: DiscrepanciesQuery) -> Page[Discrepancy]:
    """Differences in a state, or those that wait. By index `state`, by time `state_time`."""
    where = {
        "state": {"$in": list(WAITING)},
        **chosen(query, "state", "account", doubt="doubts"),
        **within("found_at", query.found_from, query.found_to),
    }
    by = "state" if query.sort is DiscrepancySort.ORDER else "state_time"
    order = ORDERS[query.sort]
    return await order.page(db[discrepancies.COLLECTION], Discrepancy, where, query, hint=by)


async def count(db: Database, wanted: Sequence[DiscrepancyState]) -> int:
    """Served by index `state`."""
    query = {"state": {"$in": list(wanted)}}
    return await db[discrepancies.COLLECTION].count_documents(query, hint="state")


async def ids_after(db: Database, after: str, *, limit: int) -> list[str]:
    """Return the ids of the next differences in order of their ids."""
    return await walks.ids_after(db[discrepancies.COLLECTION], after, limit)


async def mark_billed(db: Database, ids: Sequence[str], day: str) -> None:
    """Note in which day's trade bill suspended money stands. Served by `_id`."""
    query = {"_id": {"$in": list(ids)}, "billed_on": None, "total_fen": {"$ne": None}}
    await db[discrepancies.COLLECTION].update_many(query, {"$set": {"billed_on": day}})


async def find_many(db: Database, ids: Sequence[str]) -> dict[str, Discrepancy]:
    """Return id → difference, of those that are there."""
    return await walks.by_id(db[discrepancies.COLLECTION], Discrepancy, ids)
