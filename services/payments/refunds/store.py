"""Store of refunds."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from mongo_indexes.refunds import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel import walks
from services.kernel.documents import to_document
from services.kernel.pages import Key, Keyset, Page, chosen, within
from services.payments.refunds.models import Refund, RefundSort, RefundsQuery
from services.payments.refunds.states import (
    REFUND_STUCK,
    TABLE,
    RefundAction,
    RefundState,
)

ORDERS: Final = {
    RefundSort.OLDEST: Keyset(Key("requested_at", kind=datetime), Key()),
    RefundSort.NEWEST: Keyset(
        Key("requested_at", ascending=False, kind=datetime), Key(ascending=False)
    ),
}


async def insert(db: Database, tx: Transaction, refund: Refund) -> None:
    """Raise DuplicateKeyError when this refund was requested before."""
    await db[COLLECTION].insert_one(to_document(refund), session=tx)


async def find(db: Database, refund_id: str) -> Refund | None:
    document = await db[COLLECTION].find_one({"_id": refund_id})
    return msgspec.convert(document, Refund | None)


async def move(
    db: Database,
    refund_key: str,
    action: RefundAction,
    *,
    tx: Transaction | None = None,
    **changes: Any,
) -> Refund | None:
    """Change a refund's state by compare-and-set; None when it was changed before."""
    key = {"_id": refund_key}
    document = await TABLE.move_and_get(db[COLLECTION], key, action, changes, tx=tx)
    return msgspec.convert(document, Refund | None)


async def keep_body(db: Database, refund: Refund, body: bytes) -> bytes:
    """Keep the request of a refund unless one is kept; return the one that is.

    Raises LookupError when the refund has another number by now: this request is not its own.
    """
    key = {"_id": refund.id, "number": refund.number}
    lacking = {**key, "body": {"$in": [None, b""]}}
    await db[COLLECTION].update_one(lacking, {"$set": {"body": body}})
    document = await db[COLLECTION].find_one(key, {"body": 1})
    if document is None:
        raise LookupError(f"refund {refund.id} has not the number {refund.number}")
    return bytes(document["body"])


async def mark_billed(db: Database, refund_ids: Sequence[str], day: str) -> None:
    """Note in which day's trade bill refunds stand. Served by `_id`."""
    query = {"_id": {"$in": list(refund_ids)}, "billed_on": None}
    await db[COLLECTION].update_many(query, {"$set": {"billed_on": day}})


async def silent(db: Database, requested_before: datetime, *, limit: int) -> Sequence[Refund]:
    """Unsettled refunds older than that, the oldest first. Served by index `open`."""
    query = {"open": True, "requested_at": {"$lt": requested_before}}
    cursor = db[COLLECTION].find(query).sort("requested_at", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Refund])


async def page(db: Database, query: RefundsQuery) -> Page[Refund]:
    """Refunds in a state, or those that wait for a person. Served by index `state_time`."""
    where = {
        "state": {"$in": list(REFUND_STUCK)},
        **chosen(query, "state", "account"),
        **within("requested_at", query.requested_from, query.requested_to),
    }
    return await ORDERS[query.sort].page(db[COLLECTION], Refund, where, query)


async def count_stuck(db: Database) -> int:
    """Served by index `state_time`."""
    query = {"state": {"$in": list(REFUND_STUCK)}}
    return await db[COLLECTION].count_documents(query, hint="state_time")


async def unfinished_of(db: Database, tx: Transaction, person: str) -> list[str]:
    """Return the ids of a person's refunds that have not arrived. Served by index `person`."""
    query = {"person": person, "state": {"$ne": RefundState.DONE}}
    cursor = db[COLLECTION].find(query, {"_id": 1}, session=tx)
    return [document["_id"] for document in await cursor.to_list()]


async def ids_after(db: Database, after: str, *, limit: int) -> list[str]:
    """Return the ids of the next refunds in order of their ids."""
    return await walks.ids_after(db[COLLECTION], after, limit)


async def find_many(db: Database, ids: Sequence[str]) -> dict[str, Refund]:
    """Return id → refund, of those that are there."""
    return await walks.by_id(db[COLLECTION], Refund, ids)


async def numbered(db: Database, name: str) -> list[Refund]:
    """Return the refunds that are named so, with a number behind. Served by `_id`."""
    query = {"_id": {"$gte": name, "$lt": f"{name}:"}}  # ":" comes after the digits
    cursor = db[COLLECTION].find(query).sort("_id", 1)
    return msgspec.convert(await cursor.to_list(), list[Refund])
