"""Store of deliveries of cash."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from mongo_indexes.cash_deliveries import COLLECTION
from services.counter_payments.deliveries.models import (
    DeliveriesQuery,
    Delivery,
    DeliverySort,
)
from services.counter_payments.deliveries.states import (
    TABLE,
    DeliveryAction,
    DeliveryState,
)
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen

ORDERS: Final = {
    DeliverySort.NEWEST: Keyset(
        Key("given_at", ascending=False, kind=datetime), Key(ascending=False)
    ),
    DeliverySort.OLDEST: Keyset(Key("given_at", kind=datetime), Key()),
}


async def insert(db: Database, tx: Transaction, delivery: Delivery) -> None:
    """DuplicateKeyError when its giver has an open one of that payee."""
    await db[COLLECTION].insert_one(to_document(delivery), session=tx)


async def find(db: Database, delivery_id: str) -> Delivery | None:
    document = await db[COLLECTION].find_one({"_id": delivery_id})
    return msgspec.convert(document, Delivery | None)


async def find_open(
    db: Database, tx: Transaction, person: str, account: str
) -> Delivery | None:
    """Return what a giver still offers of a payee's cash. Served by index `open_delivery`."""
    query = {"given_by": person, "account": account, "open": True}
    document = await db[COLLECTION].find_one(query, session=tx)
    return msgspec.convert(document, Delivery | None)


async def move(
    db: Database,
    tx: Transaction,
    delivery_id: str,
    action: DeliveryAction,
    **changes: Any,
) -> Delivery | None:
    """Return the delivery as it is afterwards; None when the table does not allow it."""
    key = {"_id": delivery_id}
    moved = await TABLE.move_and_get(db[COLLECTION], key, action, changes, tx=tx)
    return msgspec.convert(moved, Delivery | None)


async def page(
    db: Database, compound: str, query: DeliveriesQuery, *, accounts: Sequence[str] | None
) -> Page[Delivery]:
    """Deliveries of a compound. Served by index `compound_time`.

    `accounts`: only of these payees' money.
    """
    where: Document = {"compound": compound, **chosen(query, "state", "account")}
    if accounts is not None:
        where["$and"] = [{"account": {"$in": list(accounts)}}]
    return await ORDERS[query.sort].page(db[COLLECTION], Delivery, where, query)


async def taken_on(
    db: Database, account: str, start: datetime, end: datetime
) -> list[Delivery]:
    """Deliveries that were taken over in a span. Served by index `account_taken`."""
    span = {"$gte": start, "$lt": end}
    query = {"account": account, "state": DeliveryState.TAKEN, "taken_at": span}
    cursor = db[COLLECTION].find(query).hint("account_taken")
    return msgspec.convert(await cursor.to_list(), list[Delivery])


async def last_given(db: Database, account: str, giver: str) -> Delivery | None:
    """The last delivery of somebody that was taken over. Served by `account_given`."""
    query = {"account": account, "state": DeliveryState.TAKEN, "given_by": giver}
    cursor = db[COLLECTION].find(query).sort("given_at", -1).limit(1).hint("account_given")
    found = await cursor.to_list()
    return msgspec.convert(found[0], Delivery) if found else None
