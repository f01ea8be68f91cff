"""Store of payments and of the notices WeChat Pay sent about them."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from pymongo.errors import DuplicateKeyError

from mongo_indexes import payments, wechat_events
from services.bills import actions as bills_actions
from services.dependencies import Database, Transaction
from services.kernel import steps, walks
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, ListQuery, Page
from services.kernel.unions import Part
from services.payments import states
from services.payments.models import Payment, Told, WeChatEvent
from services.payments.states import Event, PaymentState

NEWEST: Final = Keyset(Key(ascending=False))


async def insert(db: Database, tx: Transaction, payment: Payment) -> None:
    """DuplicateKeyError when one of the bills is in another open order (index `open_bill`)."""
    await db[payments.COLLECTION].insert_one(to_document(payment), session=tx)


async def find(
    db: Database, payment_id: str, *, tx: Transaction | None = None
) -> Payment | None:
    document = await db[payments.COLLECTION].find_one({"_id": payment_id}, session=tx)
    return msgspec.convert(document, Payment | None)


async def get(db: Database, tx: Transaction, payment_id: str) -> Payment:
    """Return a payment of which its caller knows that it is there."""
    document = await db[payments.COLLECTION].find_one({"_id": payment_id}, session=tx)
    return msgspec.convert(document, Payment)


def part_open(bill_ids: Sequence[str]) -> Part[Payment]:
    """Open orders that hold any of these bills. Served by index `open_bill`."""
    query = {"bill_ids": {"$in": list(bill_ids)}, "open": True}
    return Part(payments.COLLECTION, Payment, query)


async def open_holding(
    db: Database, bill_ids: Sequence[str], *, tx: Transaction | None = None
) -> list[Payment]:
    """Open orders that hold any of these bills. Served by index `open_bill`."""
    query = {"bill_ids": {"$in": list(bill_ids)}, "open": True}
    cursor = db[payments.COLLECTION].find(query, session=tx)
    return msgspec.convert(await cursor.to_list(), list[Payment])


async def parts_of(
    db: Database, number: str, *, tx: Transaction | None = None
) -> list[Payment]:
    """Orders of a combined order, by id. Served by index `combined`."""
    cursor = db[payments.COLLECTION].find({"combined.number": number}, session=tx)
    return msgspec.convert(await cursor.sort("_id", 1).to_list(), list[Payment])


async def of_person(db: Database, person: str, query: ListQuery) -> Page[Payment]:
    """A person's orders, newest first. Served by index `person`."""
    return await NEWEST.page(db[payments.COLLECTION], Payment, {"person": person}, query)


async def move(
    db: Database,
    payment_id: str,
    event: Event,
    *,
    tx: Transaction | None = None,
    **changes: Any,
) -> bool:
    """Change an order's state by compare-and-set; False when the table does not allow it."""
    key = {"_id": payment_id}
    return await states.TABLE.move(db[payments.COLLECTION], key, event, changes, tx=tx)


async def close(
    db: Database,
    payment_id: str,
    event: Event,
    *,
    because: str,
    at: datetime,
    tx: Transaction | None = None,
) -> bool:
    """Close an order by an event that does, with why and when; False as `move`."""
    changes = {"closed_because": because, "closed_at": at}
    return await move(db, payment_id, event, tx=tx, **changes)


async def move_and_get(
    db: Database, payment_id: str, event: Event, **changes: Any
) -> Payment | None:
    """Do what `move` does, and return the order as it is then; None for False."""
    key = {"_id": payment_id}
    document = await states.TABLE.move_and_get(db[payments.COLLECTION], key, event, changes)
    return msgspec.convert(document, Payment | None)


async def renew_prepay(
    db: Database,
    payment_id: str,
    prepay_id: str,
    at: datetime,
    *,
    tx: Transaction | None = None,
) -> None:
    """Remember the newest prepay id of an order that is still payable."""
    await db[payments.COLLECTION].update_one(
        {"_id": payment_id, "state": PaymentState.PREPAID},
        {"$set": {"prepay_id": prepay_id, "prepaid_at": at}},
        session=tx,
    )


async def note_missing(
    db: Database, payment_id: str, at: datetime, *, tx: Transaction | None = None
) -> None:
    """Remember that WeChat denied an order for which it had given a prepay id."""
    await db[payments.COLLECTION].update_one(
        {"_id": payment_id, "state": PaymentState.PREPAID},
        {"$set": {"missing_at": at}},
        session=tx,
    )


async def claim_check(
    db: Database, payment_id: str, *, now: datetime, before: datetime
) -> bool:
    """Take the turn to ask WeChat; False when somebody asked since `before`, or it is paid."""
    result = await db[payments.COLLECTION].update_one(
        {
            "_id": payment_id,
            "state": {"$in": [*states.PENDING, PaymentState.CLOSED]},
            "$or": [{"checked_at": None}, {"checked_at": {"$lt": before}}],
        },
        {"$set": {"checked_at": now}},
    )
    return result.modified_count == 1


async def mark_billed(db: Database, payment_ids: Sequence[str], day: str) -> None:
    """Note in which day's trade bill payments stand. Served by `_id`."""
    query = {"_id": {"$in": list(payment_ids)}, "billed_on": None}
    await db[payments.COLLECTION].update_many(query, {"$set": {"billed_on": day}})


async def unbilled(
    db: Database, account: str, start: datetime, end: datetime
) -> AsyncIterator[Payment]:
    """Yield payments of a span that no trade bill has. Served by index `paid`."""
    query = {
        "account": account,
        "paid_at": {"$gte": start, "$lt": end},
        "billed_on": None,
        "state": PaymentState.PAID,
    }
    async for document in db[payments.COLLECTION].find(query).sort("paid_at", 1):
        yield msgspec.convert(document, Payment)


async def missing(
    db: Database, account: str, created_before: datetime, *, limit: int
) -> list[Payment]:
    """Open orders of an account that WeChat denied. Served by index `silent`."""
    query = {
        "open": True,
        "created_at": {"$lt": created_before},
        "account": account,
        "missing_at": {"$ne": None},
    }
    cursor = db[payments.COLLECTION].find(query).sort("created_at", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Payment])


async def open_of_account(
    db: Database, account: str, *, after: str, limit: int
) -> list[Payment]:
    """Open orders of an account, by id. Served by index `open_account`."""
    query = {"account": account, "open": True, "_id": {"$gt": after}}
    cursor = db[payments.COLLECTION].find(query).sort("_id", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Payment])


async def add_returned(db: Database, tx: Transaction, payment_id: str, amount_fen: int) -> None:
    """Add up what of a payment's bills was given back, by hand or without us."""
    change = {"$inc": {"returned_fen": amount_fen}}
    await db[payments.COLLECTION].update_one({"_id": payment_id}, change, session=tx)


async def silent(db: Database, created_before: datetime, *, limit: int) -> list[Payment]:
    """Open orders older than that, the oldest first. Served by index `silent`."""
    query = {"open": True, "created_at": {"$lt": created_before}}
    cursor = db[payments.COLLECTION].find(query).sort("created_at", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Payment])


async def insert_event(
    db: Database, event: WeChatEvent, *, tx: Transaction | None = None
) -> None:
    """DuplicateKeyError when this notice was dealt with before."""
    await db[wechat_events.COLLECTION].insert_one(to_document(event), session=tx)


async def events_of(db: Database, payment_id: str) -> list[WeChatEvent]:
    """List what WeChat told of an order, the oldest first. Served by index `order`."""
    cursor = db[wechat_events.COLLECTION].find({"out_trade_no": payment_id})
    return msgspec.convert(await cursor.sort("received_at", 1).to_list(), list[WeChatEvent])


async def note_event(db: Database, event: WeChatEvent) -> bool:
    """Keep a notice that changed nothing; False when it is kept already."""
    try:
        await insert_event(db, event)
    except DuplicateKeyError:
        return False
    return True


async def open_of(db: Database, tx: Transaction, person: str) -> list[str]:
    """Return the ids of a person's open orders. Served by index `person`."""
    query = {"person": person, "open": True}
    cursor = db[payments.COLLECTION].find(query, {"_id": 1}, session=tx)
    return [document["_id"] for document in await cursor.to_list()]


async def blank_bodies(db: Database, tx: Transaction, person: str) -> bool:
    """Remove a step of the requests that name a person to WeChat. Served by index `person`."""
    query, change = {"person": person, "body": {"$ne": b""}}, {"$set": {"body": b""}}
    return await steps.change(tx, db[payments.COLLECTION], query, change)


def part_told(payment_id: str) -> Part[Told]:
    """The order that a notice tells of, and its bills."""
    bills = bills_actions.look_up("bill_ids", into="bills")
    return Part(payments.COLLECTION, Told, {"_id": payment_id}, [bills])


def part_event(event_id: str) -> Part[Document]:
    """The id of a notice that was dealt with before."""
    only_id = [{"$project": {"_id": 1}}]
    return Part(wechat_events.COLLECTION, Document, {"_id": event_id}, only_id)


async def event_known(db: Database, event_id: str) -> bool:
    """Tell whether this notice was dealt with before."""
    found = await db[wechat_events.COLLECTION].find_one({"_id": event_id}, {"_id": 1})
    return found is not None


async def ids_after(db: Database, after: str, *, limit: int) -> list[str]:
    """Return the ids of the next orders in order of their ids."""
    return await walks.ids_after(db[payments.COLLECTION], after, limit)


async def find_many(db: Database, ids: Sequence[str]) -> dict[str, Payment]:
    """Return id → order, of those that are there."""
    return await walks.by_id(db[payments.COLLECTION], Payment, ids)
