"""Store of requests of refunds, and of what they reserve of their payments."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from mongo_indexes import refund_requests, refund_reserves
from services.dependencies import Database, Transaction
from services.kernel import walks
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen, within
from services.kernel.paths import under
from services.kernel.vouchers import key
from services.payments.refund_requests.models import (
    RefundRequest,
    RefundRequestSort,
    RefundRequestsQuery,
    Reserve,
)
from services.payments.refund_requests.states import (
    TABLE,
    RefundRequestAction,
    RefundRequestState,
)

ORDERS: Final = {
    RefundRequestSort.NEWEST: Keyset(
        Key("asked_at", ascending=False, kind=datetime), Key(ascending=False)
    ),
    RefundRequestSort.OLDEST: Keyset(Key("asked_at", kind=datetime), Key()),
}


async def insert(db: Database, tx: Transaction, request: RefundRequest) -> None:
    await db[refund_requests.COLLECTION].insert_one(to_document(request), session=tx)


async def find(db: Database, request_id: str) -> RefundRequest | None:
    document = await db[refund_requests.COLLECTION].find_one({"_id": request_id})
    return msgspec.convert(document, RefundRequest | None)


async def find_many(db: Database, ids: Sequence[str]) -> dict[str, RefundRequest]:
    """Return id → request, of those that are there."""
    return await walks.by_id(db[refund_requests.COLLECTION], RefundRequest, ids)


async def ids_after(db: Database, after: str, *, limit: int) -> list[str]:
    """Return the ids of the next requests in order of their ids."""
    return await walks.ids_after(db[refund_requests.COLLECTION], after, limit)


async def of_payments(db: Database, payment_ids: Sequence[str]) -> list[RefundRequest]:
    """Return the requests of some payments. Served by index `payment`."""
    cursor = db[refund_requests.COLLECTION].find({"payment": {"$in": list(payment_ids)}})
    return msgspec.convert(await cursor.to_list(), list[RefundRequest])


async def of_payment(db: Database, payment_id: str) -> list[RefundRequest]:
    """Return the requests of a payment, the earliest first. Served by index `payment`."""
    cursor = db[refund_requests.COLLECTION].find({"payment": payment_id}).sort("asked_at", 1)
    return msgspec.convert(await cursor.to_list(), list[RefundRequest])


async def payment_of(db: Database, number: str) -> str | None:
    """Return the payment of a request by its number. Served by index `by_number`."""
    found = await db[refund_requests.COLLECTION].find_one({"number": number}, {"payment": 1})
    return found["payment"] if found else None


async def move(
    db: Database, tx: Transaction, key: Document, action: RefundRequestAction, **changes: Any
) -> RefundRequest | None:
    """Compare and set the state of a request; return it as it is then, None when it moved on.

    `key`: its id, and the state where only one will do. DuplicateKeyError when its voucher gave
    back the money of another one.
    """
    collection = db[refund_requests.COLLECTION]
    moved = await TABLE.move_and_get(collection, key, action, changes, tx=tx)
    return msgspec.convert(moved, RefundRequest | None)


async def open_of(db: Database, tx: Transaction, person: str) -> list[str]:
    """Return the ids of requests about a payer's money that are not over. Index `person`."""
    is_open = {"$in": [RefundRequestState.ASKED, RefundRequestState.APPROVED]}
    query = {"person": person, "state": is_open}
    cursor = db[refund_requests.COLLECTION].find(query, {"_id": 1}, session=tx)
    return [document["_id"] for document in await cursor.to_list()]


async def is_voucher_used(
    db: Database, tx: Transaction, account: str, voucher: str, *, but: str
) -> bool:
    """Tell whether a voucher gave back the money of another request. By `voucher_key`."""
    is_same = {"voucher_key": {"$eq": key(voucher), "$gt": ""}}
    query = {"account": account, **is_same, "_id": {"$ne": but}}
    found = await db[refund_requests.COLLECTION].find_one(query, {"_id": 1}, session=tx)
    return found is not None


async def of_vouchers(db: Database, account: str, vouchers: Sequence[str]) -> list[str]:
    """Return the ids of those that some transfers gave back. Served by `voucher_key`."""
    keys = [key(each) for each in vouchers]
    query = {"account": account, "voucher_key": {"$in": keys, "$gt": ""}}
    cursor = db[refund_requests.COLLECTION].find(query, {"_id": 1}).hint("voucher_key")
    return [document["_id"] for document in await cursor.to_list()]


async def page(
    db: Database,
    compound: str,
    place: str,
    query: RefundRequestsQuery,
    *,
    accounts: Sequence[str] | None,
) -> Page[RefundRequest]:
    """Requests of a compound, for what lies under a place of it. Index `compound_time`.

    `accounts`: only of what was paid into these.
    """
    where: Document = {
        "compound": compound,
        **chosen(query, "state", "way", "account"),
        **within("asked_at", query.asked_from, query.asked_to),
    }
    if place != compound:
        where["place"] = under(place)
    if accounts is not None:
        where["$and"] = [{"account": {"$in": list(accounts)}}]
    return await ORDERS[query.sort].page(
        db[refund_requests.COLLECTION], RefundRequest, where, query
    )


async def reserve(db: Database, tx: Transaction, payment_id: str) -> Reserve:
    """Return what is reserved of a payment; nothing before the first request."""
    collection = db[refund_reserves.COLLECTION]
    document = await collection.find_one({"_id": payment_id}, session=tx)
    return msgspec.convert(document, Reserve) if document else Reserve(id=payment_id)


async def reserves(db: Database, payment_ids: Sequence[str]) -> dict[str, Reserve]:
    """Return payment → what is reserved of it, of those that have a request."""
    return await walks.by_id(db[refund_reserves.COLLECTION], Reserve, payment_ids)


async def keep(db: Database, tx: Transaction, kept: Reserve) -> bool:
    """Write what is reserved, as this transaction read it; False when somebody was first.

    DuplicateKeyError when somebody wrote the first one meanwhile.
    """
    collection = db[refund_reserves.COLLECTION]
    kept_at = {"fen": kept.fen, "sent": kept.sent, "sent_at": kept.sent_at}
    after = {**kept_at, "version": kept.version + 1}
    if not kept.version:
        await collection.insert_one({"_id": kept.id, **after}, session=tx)
        return True
    key = {"_id": kept.id, "version": kept.version}
    return (await collection.update_one(key, {"$set": after}, session=tx)).matched_count == 1
