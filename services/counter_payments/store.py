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
)
from services.dependencies import Database, Transaction
from services.kernel import walks
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
