"""Store of receipts, and of the series of their numbers."""

from collections.abc import Sequence

import msgspec
from pymongo import UpdateOne

from mongo_indexes import receipt_series, receipts
from services.dependencies import Database, Transaction
from services.kernel import walks
from services.kernel.documents import to_document
from services.kernel.errors import NotFound
from services.payments.receipts.models import Receipt


async def insert(db: Database, tx: Transaction, receipt: Receipt) -> None:
    """Raise DuplicateKeyError when the payment has a receipt, or the refund a reversal."""
    await db[receipts.COLLECTION].insert_one(to_document(receipt), session=tx)


async def payment_of(db: Database, number: str) -> str | None:
    """Return the payment of a receipt by its number. Served by index `by_number`."""
    found = await db[receipts.COLLECTION].find_one({"number": number}, {"_id": 1})
    return found["_id"] if found else None


async def ids_after(db: Database, after: str, *, limit: int) -> list[str]:
    """Return the ids of the next receipts in order of their ids."""
    return await walks.ids_after(db[receipts.COLLECTION], after, limit)


async def find_many(db: Database, ids: Sequence[str]) -> dict[str, Receipt]:
    """Return id → receipt, of those that are there."""
    return await walks.by_id(db[receipts.COLLECTION], Receipt, ids)


async def find(
    db: Database, receipt_id: str, *, tx: Transaction | None = None
) -> Receipt | None:
    document = await db[receipts.COLLECTION].find_one({"_id": receipt_id}, session=tx)
    return msgspec.convert(document, Receipt | None)


async def get(db: Database, receipt_id: str) -> Receipt:
    """Raise NotFound while there is none."""
    found = await find(db, receipt_id)
    if found is None:
        raise NotFound("还没有收据")
    return found


async def find_by_token(db: Database, token: str) -> Receipt | None:
    """Receipt that has this token. Served by index `token`."""
    query = {"token": {"$eq": token, "$gt": ""}}
    document = await db[receipts.COLLECTION].find_one(query)
    return msgspec.convert(document, Receipt | None)


async def reversals_of(
    db: Database, receipt_id: str, *, tx: Transaction | None = None
) -> list[Receipt]:
    """Return the reversals of a receipt, as booked. Served by index `reverses`."""
    cursor = db[receipts.COLLECTION].find({"reverses": receipt_id}, session=tx).sort("_id", 1)
    found = msgspec.convert(await cursor.to_list(), list[Receipt])
    return sorted(found, key=lambda each: (each.paid_at, each.id))


async def reversals_of_many(db: Database, receipt_ids: Sequence[str]) -> list[Receipt]:
    """Return the reversals of receipts. Served by index `reverses`."""
    query = {"reverses": {"$in": list(receipt_ids), "$gt": ""}}
    return msgspec.convert(await db[receipts.COLLECTION].find(query).to_list(), list[Receipt])


async def unnumbered(
    db: Database, tx: Transaction, series: str, *, limit: int
) -> list[Receipt]:
    """Return those that wait for a number, as booked. Served by index `unnumbered`."""
    query = {"series": series, "unnumbered": True}
    cursor = db[receipts.COLLECTION].find(query, session=tx)
    found = await cursor.sort([("booked_at", 1), ("_id", 1)]).limit(limit).to_list()
    return msgspec.convert(found, list[Receipt])


async def last_serial(db: Database, tx: Transaction, series: str) -> int:
    """Return the last number drawn in a series; 0 before the first."""
    found = await db[receipt_series.COLLECTION].find_one({"_id": series}, session=tx)
    return int(found["last"]) if found else 0


async def number(
    db: Database, tx: Transaction, series: str, receipt_ids: Sequence[str], *, last: int
) -> bool:
    """Give receipts the numbers after `last`, and move the series; False when it had moved.

    Then, too, the transaction must end: the receipts were numbered by it.
    """
    writes = [
        UpdateOne(
            {"_id": receipt_id, "unnumbered": True},
            {"$set": {"serial": serial, "unnumbered": False}},
        )
        for serial, receipt_id in enumerate(receipt_ids, start=last + 1)
    ]
    numbered = await db[receipts.COLLECTION].bulk_write(writes, session=tx)
    drawn = {"$set": {"last": last + len(receipt_ids)}}
    collection = db[receipt_series.COLLECTION]
    if last:
        moved = await collection.update_one({"_id": series, "last": last}, drawn, session=tx)
        has_moved = moved.matched_count == 1
    else:  # DuplicateKeyError when somebody began the series meanwhile
        await collection.insert_one({"_id": series, **drawn["$set"]}, session=tx)
        has_moved = True
    return has_moved and numbered.modified_count == len(receipt_ids)
