"""Store of bank statements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes.bank_statements import COLLECTION
from services.bank_statements.models import BankStatementSort, Statement, StatementsQuery
from services.bank_statements.states import TABLE, BankStatementAction, BankStatementState
from services.dependencies import Database, Transaction
from services.kernel.days import Day
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen

ORDERS: Final = {
    BankStatementSort.NEWEST: Keyset(
        Key("uploaded_at", ascending=False, kind=datetime), Key(ascending=False)
    ),
    BankStatementSort.OLDEST: Keyset(Key("uploaded_at", kind=datetime), Key()),
}


async def insert(db: Database, tx: Transaction, fresh: Statement) -> None:
    """DuplicateKeyError when the file is there."""
    await db[COLLECTION].insert_one(to_document(fresh), session=tx)


async def get(db: Database, tx: Transaction, statement: str) -> Statement:
    """Return a statement of which its caller knows that it is there."""
    return msgspec.convert(
        await db[COLLECTION].find_one({"_id": statement}, session=tx), Statement
    )


async def find(db: Database, statement: str) -> Statement | None:
    document = await db[COLLECTION].find_one({"_id": statement})
    return msgspec.convert(document, Statement | None)


async def move(
    db: Database,
    found: Statement,
    action: BankStatementAction,
    changes: Document,
    *,
    tx: Transaction | None = None,
) -> bool:
    """Move a statement as it was found; False when somebody was first."""
    key = {"_id": found.id, "round": found.round}
    return await TABLE.move(db[COLLECTION], key, action, changes, tx=tx)


async def page(
    db: Database, query: StatementsQuery, accounts: Sequence[str]
) -> Page[Statement]:
    """Statements as asked for. Served by index `account`."""
    where = {"account": {"$in": list(accounts)}, **chosen(query, "state")}
    return await ORDERS[query.sort].page(
        db[COLLECTION], Statement, where, query, hint="account"
    )


async def reading(db: Database, at: datetime, *, limit: int) -> list[Statement]:
    """Statements that are being read since then or longer. Served by index `reading`."""
    query = {"state": BankStatementState.READING, "uploaded_at": {"$lte": at}}
    cursor = db[COLLECTION].find(query).sort("uploaded_at", 1).limit(limit).hint("reading")
    return msgspec.convert(await cursor.to_list(), list[Statement])


async def covering(db: Database, account: str, day: Day) -> list[Statement]:
    """Statements that were read and have a day. Served by index `days`."""
    query = {"account": account, "state": BankStatementState.READ, "last": {"$gte": day}}
    cursor = db[COLLECTION].find({**query, "first": {"$lte": day}}).hint("days")
    return msgspec.convert(await cursor.to_list(), list[Statement])
