"""Store of the money that moved by banks' files."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from mongo_indexes.bank_transfers import COLLECTION
from services.bank_statements.transfers.models import (
    BankDirection,
    BankTransferSort,
    Transfer,
    TransfersQuery,
)
from services.bank_statements.transfers.states import (
    TABLE,
    BankTransferAction,
    BankTransferState,
)
from services.dependencies import Database, Transaction
from services.kernel import walks
from services.kernel.bulk import insert_new
from services.kernel.days import BEIJING, Day
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, between, chosen

BEGINNING: Final = datetime.fromtimestamp(0, UTC)  # as the partial index says it
ORDERS: Final = {
    BankTransferSort.OLDEST: Keyset(Key("day"), Key()),
    BankTransferSort.NEWEST: Keyset(Key("day", ascending=False), Key(ascending=False)),
}


async def put(db: Database, found: Sequence[Transfer]) -> None:
    """Insert those transfers that are not there."""
    await insert_new(db[COLLECTION], [to_document(each) for each in found])


async def find_many(db: Database, ids: Sequence[str]) -> dict[str, Transfer]:
    """Return id → transfer, of those that are there."""
    return await walks.by_id(db[COLLECTION], Transfer, ids)


async def move(
    db: Database,
    transfer: str,
    action: BankTransferAction,
    changes: Document,
    *,
    tx: Transaction | None = None,
) -> Transfer | None:
    """Return a transfer as it is afterwards; None when the table does not allow it."""
    moved = await TABLE.move_and_get(db[COLLECTION], {"_id": transfer}, action, changes, tx=tx)
    return msgspec.convert(moved, Transfer | None)


async def give_back(db: Database, transfer: Transfer, refusal: str) -> Transfer | None:
    """Hand a transfer back whose job was given up; None when it moved on meanwhile."""
    key = {"_id": transfer.id, "job": transfer.job}
    changes = {"refusal": refusal}
    moved = await TABLE.move_and_get(db[COLLECTION], key, BankTransferAction.REFUSE, changes)
    return msgspec.convert(moved, Transfer | None)


async def page(db: Database, query: TransfersQuery, accounts: Sequence[str]) -> Page[Transfer]:
    """Transfers as asked for. Served by the indexes `statement` and `account`."""
    where = {"account": {"$in": list(accounts)}}
    where |= chosen(query, "direction", "state", "fit", statement_id="statement")
    by = "statement" if query.statement_id else "account"
    where |= between("day", query.day_from, query.day_to)
    return await ORDERS[query.sort].page(db[COLLECTION], Transfer, where, query, hint=by)


async def next_chosen(
    db: Database, statement: str, *, after: str, limit: int
) -> list[Transfer]:
    """Transfers of a statement that somebody confirmed. Served by index `states`."""
    query = {"statement": statement, "state": BankTransferState.CHOSEN, "_id": {"$gt": after}}
    cursor = db[COLLECTION].find(query).sort("_id", 1).limit(limit).hint("states")
    return msgspec.convert(await cursor.to_list(), list[Transfer])


async def chosen_by_then(db: Database, at: datetime, *, limit: int) -> list[Transfer]:
    """Transfers that are confirmed and not booked, the oldest first. Served by `chosen`."""
    query = {"state": BankTransferState.CHOSEN, "chosen_at": {"$lte": at}}
    cursor = db[COLLECTION].find(query).sort("chosen_at", 1).limit(limit).hint("chosen")
    return msgspec.convert(await cursor.to_list(), list[Transfer])


async def counts(db: Database, statement: str) -> dict[BankTransferState, int]:
    """Return state → number of a statement's transfers. Covered by index `states`."""
    pipeline: list[Document] = [
        {"$match": {"statement": statement}},
        {"$group": {"_id": "$state", "count": {"$sum": 1}}},
    ]
    cursor = await db[COLLECTION].aggregate(pipeline, hint="states")
    return {BankTransferState(row["_id"]): row["count"] async for row in cursor}


async def of_day(db: Database, account: str, day: Day) -> list[Transfer]:
    """All transfers of a day. Served by index `account`."""
    cursor = db[COLLECTION].find({"account": account, "day": day}).hint("account")
    return msgspec.convert(await cursor.to_list(), list[Transfer])


async def of_payouts(
    db: Database, payouts: Sequence[str], *, tx: Transaction | None = None
) -> dict[str, Transfer]:
    """Return payout → the row that it is, of those that have one. Served by `payment`."""
    query = {"direction": BankDirection.OUT, "payment": {"$in": list(payouts), "$gt": ""}}
    cursor = db[COLLECTION].find(query, session=tx).hint("payment")
    found = msgspec.convert(await cursor.to_list(), list[Transfer])
    return {each.payment: each for each in found}


async def days_of(db: Database, account: str, first: Day, last: Day) -> set[Day]:
    """Days of a span on which money moved. Served by index `account`."""
    query = {"account": account, "day": {"$gte": first, "$lte": last}}
    return set(await db[COLLECTION].distinct("day", query))


async def settlements(
    db: Database, account: str, days: Sequence[Day], *, tx: Transaction | None = None
) -> list[Transfer]:
    """Return what came for some days of a card machine. Served by `settled`."""
    query = {"account": account, "settled.day": {"$in": list(days), "$gt": ""}}
    cursor = db[COLLECTION].find(query, session=tx).hint("settled")
    return msgspec.convert(await cursor.to_list(), list[Transfer])


async def entered(
    db: Database, account: str, start: datetime, end: datetime
) -> list[tuple[Day, datetime, int, int]]:
    """Day, instant, number and sum of rows entered in a span for earlier days. By `entered`."""
    on = {"date": "$entered_at", "timezone": BEIJING.key, "format": "%Y-%m-%d"}
    pipeline: list[Document] = [
        {"$match": {"account": account, "entered_at": {"$gte": start, "$lt": end}}},
        {"$match": {"$expr": {"$lt": ["$day", {"$dateToString": on}]}}},
        {
            "$group": {
                "_id": {"day": "$day", "at": "$entered_at"},
                "entries": {"$sum": 1},
                "fen": {"$sum": "$amount_fen"},
            }
        },
    ]
    cursor = await db[COLLECTION].aggregate(pipeline, hint="entered")
    rows = await cursor.to_list()
    return [(r["_id"]["day"], r["_id"]["at"], r["entries"], r["fen"]) for r in rows]


async def with_old_names(db: Database, now: datetime, *, limit: int) -> list[str]:
    """Ids of transfers whose payers are to be erased. Served by index `names`."""
    query = {"names_until": {"$gt": BEGINNING, "$lte": now}}
    cursor = db[COLLECTION].find(query, {"_id": 1}).sort("names_until", 1).limit(limit)
    return [row["_id"] async for row in cursor.hint("names")]


async def erase_names(db: Database, ids: Sequence[str]) -> None:
    """Erase who paid, and what they wrote. By `_id`."""
    gone = {"payer_sealed": "", "remark_sealed": "", "names_until": None}
    await db[COLLECTION].update_many({"_id": {"$in": list(ids)}}, {"$set": gone})
