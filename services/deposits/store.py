"""Store of deposits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from pymongo import ReturnDocument

from mongo_indexes.deposits import COLLECTION
from services.dependencies import Database, Transaction
from services.deposits.models import Deposit, DepositSort, DepositsQuery
from services.deposits.states import TABLE, DepositAction
from services.kernel import walks
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under
from services.places import actions as places

ORDERS: Final = {
    DepositSort.LONGEST: Keyset(Key("paid_at", kind=datetime), Key()),
    DepositSort.NEWEST: Keyset(
        Key("paid_at", ascending=False, kind=datetime), Key(ascending=False)
    ),
}


async def insert(db: Database, tx: Transaction, deposit: Deposit) -> None:
    """DuplicateKeyError when the voucher was booked before."""
    await db[COLLECTION].insert_one(to_document(deposit), session=tx)


async def find(
    db: Database, deposit_id: str, *, tx: Transaction | None = None
) -> Deposit | None:
    document = await db[COLLECTION].find_one({"_id": deposit_id}, session=tx)
    return msgspec.convert(document, Deposit | None)


async def move(
    db: Database, tx: Transaction, key: Document, action: DepositAction, **changes: Any
) -> Deposit | None:
    """Return a deposit as it is afterwards; None when somebody was first."""
    moved = await TABLE.move_and_get(db[COLLECTION], key, action, changes, tx=tx)
    return msgspec.convert(moved, Deposit | None)


async def add_objection(
    db: Database, tx: Transaction, deposit_id: str, note: str, at: datetime
) -> Deposit | None:
    """Keep what the payer says; None where nothing is deducted, or they said it before."""
    key = {"_id": deposit_id, "objected_at": None, "deduct_fen": {"$gt": 0}}
    said = {"objected_at": at, "objecting": True}
    return await _write(db, tx, key, {"$push": {"objections": note}, "$set": said})


async def answer_objection(
    db: Database, tx: Transaction, found: Deposit, changes: Document
) -> Deposit | None:
    """Note the answer to an objection as it was read; None where none waits for one."""
    as_read = {"state": found.state, "objected_at": found.objected_at}
    key = {"_id": found.id, "objecting": True, **as_read}
    return await _write(db, tx, key, {"$set": {**changes, "objecting": False}})


async def _write(
    db: Database, tx: Transaction, key: Document, change: Document
) -> Deposit | None:
    after = ReturnDocument.AFTER
    document = await db[COLLECTION].find_one_and_update(
        key, change, return_document=after, session=tx
    )
    return msgspec.convert(document, Deposit | None)


async def page(
    db: Database, place: str, query: DepositsQuery, *, accounts: Sequence[str] | None
) -> Page[Deposit]:
    """Deposits of homes under a place. Served by index `compound_time`.

    `accounts`: only what these keep.
    """
    compound = places.compound_of(place)
    where: Document = {"compound": compound, **chosen(query, "state", "kind", "objecting")}
    if place != compound:
        where["home"] = under(place)
    if accounts is not None:
        where["account"] = {"$in": list(accounts)}
    return await ORDERS[query.sort].page(
        db[COLLECTION], Deposit, where, query, hint="compound_time"
    )


async def of_homes(db: Database, homes: Sequence[str]) -> list[Deposit]:
    """Return all deposits of some homes. Served by index `home`."""
    cursor = db[COLLECTION].find({"home": {"$in": list(homes)}}).sort([("home", 1), ("_id", 1)])
    return msgspec.convert(await cursor.hint("home").to_list(), list[Deposit])


async def ids_after(db: Database, after: str, *, limit: int) -> list[str]:
    """Return the ids of the next deposits in order of their ids."""
    return await walks.ids_after(db[COLLECTION], after, limit)


async def find_many(db: Database, ids: Sequence[str]) -> dict[str, Deposit]:
    """Return id → deposit, of those that are there."""
    return await walks.by_id(db[COLLECTION], Deposit, ids)
