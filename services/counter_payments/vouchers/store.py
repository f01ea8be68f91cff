"""Store of numbers of slips: where else than at the counter one was booked or read."""

from collections.abc import Sequence
from typing import Final

from mongo_indexes import bank_transfers, deposits
from services.dependencies import Database, Transaction
from services.kernel.documents import Document

INDEX: Final = "voucher_key"


async def of_deposits(
    db: Database, account: str, way: str, keys: Sequence[str]
) -> dict[str, str]:
    """Return key → id of the deposit, of those that were taken by slips of these."""
    query = {"account": account, "way": way, "voucher_key": {"$in": list(keys)}}
    return await _ids(db, deposits.COLLECTION, query, "voucher_key")


async def of_transfers(db: Database, account: str, keys: Sequence[str]) -> dict[str, str]:
    """Return key → id of the bank's transfer, of those that came in by a file."""
    query = {"account": account, "direction": "in", "number_key": {"$in": list(keys)}}
    return await _ids(db, bank_transfers.COLLECTION, query, "number_key")


async def _ids(db: Database, collection: str, query: Document, field: str) -> dict[str, str]:
    cursor = db[collection].find(query, {field: 1}).hint(field).sort("_id", -1)
    return {row[field]: row["_id"] async for row in cursor}  # of two the first one stays


async def that_gave_deposits_back(db: Database, account: str, keys: Sequence[str]) -> list[str]:
    """Return numbers as they were typed, of transfers of these. By `back_voucher_key`."""
    query = {"account": account, "back_voucher_key": {"$in": list(keys), "$gt": ""}}
    found = db[deposits.COLLECTION].find(query, {"back_voucher": 1}).hint("back_voucher_key")
    return [row["back_voucher"] async for row in found]


async def gives_a_deposit_back(db: Database, tx: Transaction, account: str, key: str) -> bool:
    """Tell whether a transfer gave back a deposit. Served by index `back_voucher_key`."""
    query = {"account": account, "back_voucher_key": {"$eq": key, "$gt": ""}}
    found = db[deposits.COLLECTION].find(query, {"_id": 1}, session=tx)
    return bool(await found.hint("back_voucher_key").limit(1).to_list())
