"""Store of counter payments."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes.counter_payments import COLLECTION
from services.counter_payments.models import (
    CounterPayment,
    CounterPaymentSort,
    CounterPaymentsQuery,
    CounterWay,
)
from services.dependencies import Database, Transaction
from services.kernel import walks
from services.kernel.days import BEIJING
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen, within
from services.kernel.paths import under

ORDERS: Final = {
    CounterPaymentSort.NEWEST: Keyset(
        Key("taken_at", ascending=False, kind=datetime), Key(ascending=False)
    ),
    CounterPaymentSort.OLDEST: Keyset(Key("taken_at", kind=datetime), Key()),
}


async def insert(db: Database, tx: Transaction, payment: CounterPayment) -> None:
    """DuplicateKeyError when the voucher was booked before."""
    await db[COLLECTION].insert_one(to_document(payment), session=tx)


async def find(
    db: Database, payment_id: str, *, tx: Transaction | None = None
) -> CounterPayment | None:
    document = await db[COLLECTION].find_one({"_id": payment_id}, session=tx)
    return msgspec.convert(document, CounterPayment | None)


async def get(db: Database, tx: Transaction, payment_id: str) -> CounterPayment:
    """Return a payment of which its caller knows that it is there."""
    document = await db[COLLECTION].find_one({"_id": payment_id}, session=tx)
    return msgspec.convert(document, CounterPayment)


async def page(
    db: Database,
    compound: str,
    place: str,
    query: CounterPaymentsQuery,
    *,
    accounts: Sequence[str] | None,
) -> Page[CounterPayment]:
    """Payments of a compound, for what lies under a place of it. Index `compound_time`.

    `accounts`: only what was paid into these.
    """
    where: Document = {
        "compound": compound,
        **chosen(query, "way", "account", "taken_by"),
        **within("taken_at", query.taken_from, query.taken_to),
    }
    if place != compound:
        where["place"] = under(place)
    if accounts is not None:
        where["$and"] = [{"account": {"$in": list(accounts)}}]
    return await ORDERS[query.sort].page(db[COLLECTION], CounterPayment, where, query)


async def ids_after(db: Database, after: str, *, limit: int) -> list[str]:
    """Return the ids of the next payments in order of their ids."""
    return await walks.ids_after(db[COLLECTION], after, limit)


async def find_many(db: Database, ids: Sequence[str]) -> dict[str, CounterPayment]:
    """Return id → payment, of those that are there."""
    return await walks.by_id(db[COLLECTION], CounterPayment, ids)


async def ids_of(
    db: Database, account: str, way: CounterWay, keys: Sequence[str]
) -> dict[str, str]:
    """Return key of a voucher → id of its payment. Served by index `voucher_key`."""
    query = {"account": account, "way": way, "voucher_key": {"$in": list(keys)}}
    cursor = db[COLLECTION].find(query, {"voucher_key": 1}).hint("voucher_key").sort("_id", -1)
    return {row["voucher_key"]: row["_id"] async for row in cursor}


async def days_of(
    db: Database, account: str, way: CounterWay, start: datetime, end: datetime
) -> set[str]:
    """Days on which money came into an account in a way, or was booked.

    Served by the indexes `account_paid` and `account_taken`.
    """
    found: set[str] = set()
    for field, index in (("paid_at", "account_paid"), ("taken_at", "account_taken")):
        day = {"date": f"${field}", "timezone": BEIJING.key, "format": "%Y-%m-%d"}
        where = {"account": account, "way": way, field: {"$gte": start, "$lt": end}}
        pipeline: list[Document] = [
            {"$match": where},
            {"$group": {"_id": {"$dateToString": day}}},
        ]
        cursor = await db[COLLECTION].aggregate(pipeline, hint=index)
        found.update([row["_id"] async for row in cursor])
    return found


async def paid_on(
    db: Database, account: str, way: CounterWay, start: datetime, end: datetime
) -> list[CounterPayment]:
    """Payments whose money came in a span. Served by index `account_paid`."""
    query = {"account": account, "way": way, "paid_at": {"$gte": start, "$lt": end}}
    cursor = db[COLLECTION].find(query).hint("account_paid")
    return msgspec.convert(await cursor.to_list(), list[CounterPayment])


async def late(
    db: Database, account: str, way: CounterWay, start: datetime, end: datetime
) -> list[CounterPayment]:
    """Payments booked in a span, on a later day than their money's. By `account_taken`."""
    day = {"date": "$taken_at", "unit": "day", "timezone": BEIJING.key}
    earlier = {"$lt": ["$paid_at", {"$dateTrunc": day}]}
    query = {"account": account, "way": way, "taken_at": {"$gte": start, "$lt": end}}
    cursor = db[COLLECTION].find({**query, "$expr": earlier}).hint("account_taken")
    return msgspec.convert(await cursor.to_list(), list[CounterPayment])
