"""Store of bank statements and of the transfers in them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from mongo_indexes import bank_statements, bank_transfers
from services.bank_statements.models import (
    BankStatementSort,
    BankTransferSort,
    Statement,
    StatementsQuery,
    Transfer,
    TransfersQuery,
)
from services.bank_statements.states import (
    STATEMENTS,
    TRANSFERS,
    BankStatementState,
    BankTransferState,
    StatementAction,
    TransferAction,
)
from services.dependencies import Database, Transaction
from services.kernel import walks
from services.kernel.bulk import insert_new
from services.kernel.days import Day
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, between, chosen

BEGINNING: Final = datetime.fromtimestamp(0, UTC)  # as the partial index says it
FILES: Final = bank_statements.COLLECTION
ROWS: Final = bank_transfers.COLLECTION
ORDERS: Final = {
    BankStatementSort.NEWEST: Keyset(
        Key("uploaded_at", ascending=False, kind=datetime), Key(ascending=False)
    ),
    BankStatementSort.OLDEST: Keyset(Key("uploaded_at", kind=datetime), Key()),
}
ROW_ORDERS: Final = {
    BankTransferSort.OLDEST: Keyset(Key("day"), Key()),
    BankTransferSort.NEWEST: Keyset(Key("day", ascending=False), Key(ascending=False)),
}


# Statements


async def insert(db: Database, tx: Transaction, fresh: Statement) -> None:
    """DuplicateKeyError when the file is there."""
    await db[FILES].insert_one(to_document(fresh), session=tx)


async def find(db: Database, statement: str) -> Statement | None:
    document = await db[FILES].find_one({"_id": statement})
    return msgspec.convert(document, Statement | None)


async def move(
    db: Database,
    found: Statement,
    action: StatementAction,
    changes: Document,
    *,
    tx: Transaction | None = None,
) -> bool:
    """Move a statement as it was found; False when somebody was first."""
    key = {"_id": found.id, "round": found.round}
    return await STATEMENTS.move(db[FILES], key, action, changes, tx=tx)


async def page(
    db: Database, query: StatementsQuery, accounts: Sequence[str]
) -> Page[Statement]:
    """Statements as asked for. Served by index `account`."""
    where = {"account": {"$in": list(accounts)}, **chosen(query, "state")}
    return await ORDERS[query.sort].page(db[FILES], Statement, where, query, hint="account")


async def covering(db: Database, account: str, day: Day) -> list[Statement]:
    """Statements that were read and have a day. Served by index `days`."""
    query = {"account": account, "state": BankStatementState.READ, "last": {"$gte": day}}
    cursor = db[FILES].find({**query, "first": {"$lte": day}}).hint("days")
    return msgspec.convert(await cursor.to_list(), list[Statement])


# Transfers


async def put(db: Database, found: Sequence[Transfer]) -> None:
    """Insert those transfers that are not there."""
    await insert_new(db[ROWS], [to_document(each) for each in found])


async def transfers(db: Database, ids: Sequence[str]) -> dict[str, Transfer]:
    """Return id → transfer, of those that are there."""
    return await walks.by_id(db[ROWS], Transfer, ids)


async def move_transfer(
    db: Database,
    transfer: str,
    action: TransferAction,
    changes: Document,
    *,
    tx: Transaction | None = None,
) -> Transfer | None:
    """Return a transfer as it is afterwards; None when the table does not allow it."""
    moved = await TRANSFERS.move_and_get(db[ROWS], {"_id": transfer}, action, changes, tx=tx)
    return msgspec.convert(moved, Transfer | None)


async def transfers_page(
    db: Database, query: TransfersQuery, accounts: Sequence[str]
) -> Page[Transfer]:
    """Transfers as asked for. Served by the indexes `statement` and `account`."""
    where = {"account": {"$in": list(accounts)}}
    where |= chosen(query, "state", "fit", statement_id="statement")
    by = "statement" if query.statement_id else "account"
    where |= between("day", query.day_from, query.day_to)
    return await ROW_ORDERS[query.sort].page(db[ROWS], Transfer, where, query, hint=by)


async def next_chosen(db: Database, statement: str, *, limit: int) -> list[Transfer]:
    """Transfers of a statement that somebody confirmed. Served by index `states`."""
    query = {"statement": statement, "state": BankTransferState.CHOSEN}
    cursor = db[ROWS].find(query).sort("_id", 1).limit(limit).hint("states")
    return msgspec.convert(await cursor.to_list(), list[Transfer])


async def counts(db: Database, statement: str) -> dict[BankTransferState, int]:
    """Return state → number of a statement's transfers. Covered by index `states`."""
    pipeline: list[Document] = [
        {"$match": {"statement": statement}},
        {"$group": {"_id": "$state", "count": {"$sum": 1}}},
    ]
    cursor = await db[ROWS].aggregate(pipeline, hint="states")
    return {BankTransferState(row["_id"]): row["count"] async for row in cursor}


async def of_day(db: Database, account: str, day: Day) -> list[Transfer]:
    """All transfers of a day. Served by index `account`."""
    cursor = db[ROWS].find({"account": account, "day": day}).hint("account")
    return msgspec.convert(await cursor.to_list(), list[Transfer])


async def days_of(db: Database, account: str, first: Day, last: Day) -> set[Day]:
    """Days of a span on which money came. Served by index `account`."""
    query = {"account": account, "day": {"$gte": first, "$lte": last}}
    return set(await db[ROWS].distinct("day", query))


async def with_old_names(db: Database, now: datetime, *, limit: int) -> list[str]:
    """Ids of transfers whose payers are to be erased. Served by index `names`."""
    query = {"names_until": {"$gt": BEGINNING, "$lte": now}}
    cursor = db[ROWS].find(query, {"_id": 1}).sort("names_until", 1).limit(limit)
    return [row["_id"] async for row in cursor.hint("names")]


async def erase_names(db: Database, ids: Sequence[str]) -> None:
    """Erase who paid, and what they wrote. By `_id`."""
    gone = {"payer_sealed": "", "remark_sealed": "", "names_until": None}
    await db[ROWS].update_many({"_id": {"$in": list(ids)}}, {"$set": gone})
