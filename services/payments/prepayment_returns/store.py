"""Store of returns of prepaid money."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from mongo_indexes.prepayment_returns import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel import walks
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen, within
from services.kernel.paths import under
from services.kernel.vouchers import key
from services.payments.prepayment_returns.models import (
    PrepaymentReturn,
    ReturnSort,
    ReturnsQuery,
)
from services.payments.prepayment_returns.states import TABLE, ReturnAction

ORDERS: Final = {
    ReturnSort.NEWEST: Keyset(
        Key("asked_at", ascending=False, kind=datetime), Key(ascending=False)
    ),
    ReturnSort.OLDEST: Keyset(Key("asked_at", kind=datetime), Key()),
}


async def insert(db: Database, tx: Transaction, made: PrepaymentReturn) -> None:
    """DuplicateKeyError when another one of the prepayment waits for a decision."""
    await db[COLLECTION].insert_one(to_document(made), session=tx)


async def find(db: Database, return_id: str) -> PrepaymentReturn | None:
    document = await db[COLLECTION].find_one({"_id": return_id})
    return msgspec.convert(document, PrepaymentReturn | None)


async def find_many(db: Database, ids: Sequence[str]) -> dict[str, PrepaymentReturn]:
    """Return id → return, of those that are there."""
    return await walks.by_id(db[COLLECTION], PrepaymentReturn, ids)


async def ids_after(db: Database, after: str, *, limit: int) -> list[str]:
    """Return the ids of the next returns in order of their ids."""
    return await walks.ids_after(db[COLLECTION], after, limit)


async def of_prepayments(
    db: Database, account: str, ids: Sequence[str]
) -> list[PrepaymentReturn]:
    """Return the returns of some prepayments, the earliest first. Served by `prepayment`."""
    query = {"account": account, "prepayment": {"$in": list(ids)}}
    cursor = db[COLLECTION].find(query).sort("asked_at", 1).hint("prepayment")
    return msgspec.convert(await cursor.to_list(), list[PrepaymentReturn])


async def move(
    db: Database, tx: Transaction, key: Document, action: ReturnAction, **changes: Any
) -> PrepaymentReturn | None:
    """Compare and set the state of a return; return it as it is then, None when it moved on.

    DuplicateKeyError when its voucher handed out the money of another one.
    """
    moved = await TABLE.move_and_get(db[COLLECTION], key, action, changes, tx=tx)
    return msgspec.convert(moved, PrepaymentReturn | None)


async def is_voucher_used(
    db: Database, tx: Transaction, account: str, voucher: str, *, but: str
) -> bool:
    """Tell whether a voucher handed out the money of another return. By `voucher_key`."""
    is_same = {"voucher_key": {"$eq": key(voucher), "$gt": ""}}
    query = {"account": account, **is_same, "_id": {"$ne": but}}
    return await db[COLLECTION].find_one(query, {"_id": 1}, session=tx) is not None


async def of_vouchers(db: Database, account: str, vouchers: Sequence[str]) -> list[str]:
    """Return the ids of those that some transfers gave back. Served by `voucher_key`."""
    keys = [key(each) for each in vouchers]
    query = {"account": account, "voucher_key": {"$in": keys, "$gt": ""}}
    cursor = db[COLLECTION].find(query, {"_id": 1}).hint("voucher_key")
    return [document["_id"] for document in await cursor.to_list()]


async def page(
    db: Database,
    compound: str,
    place: str,
    query: ReturnsQuery,
    *,
    accounts: Sequence[str] | None,
) -> Page[PrepaymentReturn]:
    """Returns of a compound, for homes under a place of it. Index `compound_time`.

    `accounts`: only of what was paid into these.
    """
    where: Document = {
        "compound": compound,
        **chosen(query, "state", "account"),
        **within("asked_at", query.asked_from, query.asked_to),
    }
    if place != compound:
        where["home"] = under(place)
    if accounts is not None:
        where["$and"] = [{"account": {"$in": list(accounts)}}]
    return await ORDERS[query.sort].page(db[COLLECTION], PrepaymentReturn, where, query)
