"""Store of differences of a day."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from pymongo import UpdateOne

from mongo_indexes.reconciliation_differences import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.bulk import insert_all
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, between, chosen
from services.reconciliations.differences.models import (
    DayDifferenceSort,
    DayDifferencesQuery,
    Difference,
)
from services.reconciliations.differences.states import (
    TABLE,
    DifferenceAction,
    DifferenceState,
)

ORDERS: Final = {
    DayDifferenceSort.OLDEST: Keyset(Key("day"), Key()),
    DayDifferenceSort.NEWEST: Keyset(Key("day", ascending=False), Key(ascending=False)),
}


async def find(
    db: Database, difference: str, *, tx: Transaction | None = None
) -> Difference | None:
    document = await db[COLLECTION].find_one({"_id": difference}, session=tx)
    return msgspec.convert(document, Difference | None)


async def of_day(
    db: Database, reconciliation: str, *, tx: Transaction | None = None
) -> list[Difference]:
    """All of a day. Served by index `reconciliation`."""
    cursor = db[COLLECTION].find({"reconciliation": reconciliation}, session=tx)
    return msgspec.convert(await cursor.to_list(), list[Difference])


async def insert(db: Database, tx: Transaction, found: Sequence[Difference]) -> None:
    """DuplicateKeyError when one of them is there."""
    await insert_all(tx, db[COLLECTION], [to_document(each) for each in found])


async def note(db: Database, tx: Transaction, found: Sequence[Difference]) -> None:
    """Write what is found now into differences that are open. By `_id`."""
    names = ("kind", "order", "billed_fen", "told_fen", "booked_fen", "flowed_fen")
    writes = [
        UpdateOne(
            {"_id": each.id, "state": DifferenceState.OPEN},
            {"$set": {name: to_document(each)[name] for name in names}},
        )
        for each in found
    ]
    if writes:
        await db[COLLECTION].bulk_write(writes, session=tx)


async def move(
    db: Database, tx: Transaction, difference: str, action: DifferenceAction, **changes: Any
) -> Difference | None:
    """Return the difference as it is afterwards; None when the table does not allow it."""
    key = {"_id": difference}
    moved = await TABLE.move_and_get(db[COLLECTION], key, action, changes, tx=tx)
    return msgspec.convert(moved, Difference | None)


async def move_many(
    db: Database, tx: Transaction, ids: Sequence[str], action: DifferenceAction, **changes: Any
) -> None:
    """Move those of some differences that the table lets. By `_id`."""
    if ids:
        key: Document = {"_id": {"$in": list(ids)}}
        await TABLE.move_many(db[COLLECTION], key, action, changes, tx=tx)


async def reopened(db: Database, tx: Transaction, ids: Sequence[str]) -> None:
    """Count that differences are open again. By `_id`."""
    if ids:
        query: Document = {"_id": {"$in": list(ids)}}
        await db[COLLECTION].update_many(query, {"$inc": {"returned": 1}}, session=tx)


async def page(
    db: Database, query: DayDifferencesQuery, accounts: Sequence[str] | None
) -> Page[Difference]:
    """Differences in a state, by day. Served by the indexes `account` and `state`."""
    where: Document = {"state": DifferenceState.OPEN, **chosen(query, "state", "kind")}
    by = "state"
    if accounts is not None:
        where["account"], by = {"$in": list(accounts)}, "account"
    if query.reconciliation_id:
        where["reconciliation"], by = query.reconciliation_id, "reconciliation"
    where |= between("day", query.day_from, query.day_to)
    order = ORDERS[query.sort]
    return await order.page(db[COLLECTION], Difference, where, query, hint=by)


async def count_open(db: Database) -> int:
    """Served by index `state`."""
    query = {"state": DifferenceState.OPEN}
    return await db[COLLECTION].count_documents(query, hint="state")
