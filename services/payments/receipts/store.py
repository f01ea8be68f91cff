"""Store of receipts."""

from collections.abc import Sequence

import msgspec

from mongo_indexes import receipts
from services.dependencies import Database, Transaction
from services.kernel import walks
from services.kernel.documents import to_document
from services.payments.receipts.models import Receipt


async def insert(db: Database, tx: Transaction, receipt: Receipt) -> None:
    """Raise DuplicateKeyError when the payment has a receipt."""
    await db[receipts.COLLECTION].insert_one(to_document(receipt), session=tx)


async def payment_of(db: Database, number: str) -> str | None:
    """Return the payment of a receipt by its number. Served by index `by_number`."""
    found = await db[receipts.COLLECTION].find_one({"number": number}, {"_id": 1})
    return found["_id"] if found else None


async def find(db: Database, payment_id: str) -> Receipt | None:
    document = await db[receipts.COLLECTION].find_one({"_id": payment_id})
    return msgspec.convert(document, Receipt | None)


async def ids_after(db: Database, after: str, *, limit: int) -> list[str]:
    """Return the ids of the next receipts in order of their ids."""
    return await walks.ids_after(db[receipts.COLLECTION], after, limit)


async def find_many(db: Database, ids: Sequence[str]) -> dict[str, Receipt]:
    """Return id → receipt, of those that are there."""
    return await walks.by_id(db[receipts.COLLECTION], Receipt, ids)
