"""Store of prepayments. What lies there changes by compare-and-set on its version."""

from collections.abc import Sequence
from typing import Final

import msgspec
from pymongo import UpdateOne

from mongo_indexes.prepayments import COLLECTION, FILLED
from services.dependencies import Database, Transaction
from services.kernel import walks
from services.kernel.days import Day
from services.kernel.documents import Document, to_document
from services.kernel.pages import Count, Key, Keyset, Page, chosen
from services.kernel.paths import under
from services.prepayments.models import (
    Prepayment,
    PrepaymentOwners,
    PrepaymentSort,
    PrepaymentsQuery,
)

ORDERS: Final = {
    PrepaymentSort.HOME: (Keyset(Key("home"), Key("kind"), Key()), "filled"),
    PrepaymentSort.LARGEST: (
        Keyset(Key("fen", ascending=False, kind=Count), Key("home"), Key()),
        "largest",
    ),
}
OWNERS: Final[dict[PrepaymentOwners, Document]] = {
    PrepaymentOwners.TODAY: {"owners_until": None},
    PrepaymentOwners.FORMER: {"owners_until": {"$ne": None}},
}


async def find(
    db: Database, prepayment_id: str, *, tx: Transaction | None = None
) -> Prepayment | None:
    document = await db[COLLECTION].find_one({"_id": prepayment_id}, session=tx)
    return msgspec.convert(document, Prepayment | None)


async def insert(db: Database, tx: Transaction, prepayment: Prepayment) -> None:
    """DuplicateKeyError when it was opened at the same moment."""
    await db[COLLECTION].insert_one(to_document(prepayment), session=tx)


async def of_homes(
    db: Database, homes: Sequence[str], *, tx: Transaction | None = None
) -> list[Prepayment]:
    """All of some homes, also empty ones, by home. Served by index `home`."""
    query = {"home": {"$in": list(homes)}}
    cursor = db[COLLECTION].find(query, session=tx).sort([("home", 1), ("_id", 1)])
    return msgspec.convert(await cursor.hint("home").to_list(), list[Prepayment])


async def filled(db: Database, tx: Transaction, homes: Sequence[str]) -> list[Prepayment]:
    """Those of some homes with something left, by home. Served by index `filled`."""
    query = {"home": {"$in": list(homes)}, **FILLED}
    order = [("home", 1), ("kind", 1), ("_id", 1)]
    cursor = db[COLLECTION].find(query, session=tx).sort(order).hint("filled")
    return msgspec.convert(await cursor.to_list(), list[Prepayment])


async def change(
    db: Database, tx: Transaction, changes: Sequence[tuple[Prepayment, int]]
) -> int:
    """Write what is left of prepayments, each as it was read; return how many still were so.

    `changes`: (as it was read, fen afterwards). One command.
    """
    writes = [
        UpdateOne(
            {"_id": was.id, "version": was.version},
            {"$set": {"fen": fen}, "$inc": {"version": 1}},
        )
        for was, fen in changes
    ]
    return (await db[COLLECTION].bulk_write(writes, session=tx)).matched_count


async def follow_owners(
    db: Database, tx: Transaction, ends: Sequence[tuple[str, Day | None]]
) -> None:
    """Write the last days of owners into prepayments, by their ids."""
    writes = [UpdateOne({"_id": own}, {"$set": {"owners_until": last}}) for own, last in ends]
    await db[COLLECTION].bulk_write(writes, session=tx)


async def page(
    db: Database, place: str, query: PrepaymentsQuery, *, accounts: Sequence[str] | None
) -> Page[Prepayment]:
    """Those under a place with something left. By `filled`, the largest first by `largest`.

    `accounts`: only what was paid into these.
    """
    where: Document = {"home": under(place), **FILLED, **chosen(query, "kind", "account")}
    if query.owners:
        where |= OWNERS[query.owners]
    if accounts is not None:
        where["$and"] = [{"account": {"$in": list(accounts)}}]
    order, hint = ORDERS[query.sort]
    return await order.page(db[COLLECTION], Prepayment, where, query, hint=hint)


async def ids_after(db: Database, after: str, *, limit: int) -> list[str]:
    """Return the ids of the next prepayments in order of their ids."""
    return await walks.ids_after(db[COLLECTION], after, limit)


async def find_many(db: Database, ids: Sequence[str]) -> dict[str, Prepayment]:
    """Return id → prepayment, of those that are there."""
    return await walks.by_id(db[COLLECTION], Prepayment, ids)
