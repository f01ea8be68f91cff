"""Store of payees."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes.payees import COLLECTION
from services.dependencies import Database, Transaction
from services.fees.payees.models import Payee, PayeeSort, PayeesQuery
from services.kernel.days import active_on
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import ancestors, under, under_any
from services.kernel.unions import Part

ORDERS: Final = {
    PayeeSort.PLACE: Keyset(Key("place"), Key()),
    PayeeSort.LATEST: Keyset(Key("from_day", ascending=False), Key()),
}


async def insert(db: Database, tx: Transaction, payee: Payee) -> None:
    """Raise DuplicateKeyError when the account stands at the place from that day already."""
    await db[COLLECTION].insert_one(to_document(payee), session=tx)


async def find(db: Database, payee_id: str, *, tx: Transaction | None = None) -> Payee | None:
    document = await db[COLLECTION].find_one({"_id": payee_id}, session=tx)
    return msgspec.convert(document, Payee | None)


async def of_account(db: Database, tx: Transaction, account: str) -> list[Payee]:
    """All payees of one merchant account. Served by index `account`."""
    cursor = db[COLLECTION].find({"account": account}, session=tx)
    return msgspec.convert(await cursor.to_list(), list[Payee])


async def places_of(db: Database, account: str) -> list[str]:
    """Where the payee of an account stands, or stood. Served by index `account`."""
    cursor = db[COLLECTION].find({"account": account}, {"place": 1})
    return [str(kept["place"]) async for kept in cursor]


async def accounts(db: Database) -> list[str]:
    """All accounts of payees. Served by index `account`."""
    return sorted(await db[COLLECTION].distinct("account"))


async def public_under(db: Database, places: Sequence[str]) -> dict[str, list[str]]:
    """Account → all places of it, of payees under some places that are no firm.

    Served by the indexes `place` and `account`.
    """
    query: Document = {"firm": "", **under_any("place", places)}
    accounts = await db[COLLECTION].distinct("account", query)
    cursor = db[COLLECTION].find({"account": {"$in": accounts}}, {"account": 1, "place": 1})
    found: dict[str, list[str]] = {}
    async for kept in cursor:
        found.setdefault(kept["account"], []).append(kept["place"])
    return found


async def firm_of(db: Database, account: str) -> str:
    """The firm of an account, the same for all its payees; "" for none. By `account`."""
    kept = await db[COLLECTION].find_one({"account": account}, {"firm": 1})
    return str(kept["firm"]) if kept else ""


async def first_of(db: Database, account: str) -> Payee | None:
    """The payee of an account that was written down first. Served by index `account`."""
    cursor = db[COLLECTION].find({"account": account}).sort("written_at", 1).limit(1)
    found = await cursor.to_list()
    return msgspec.convert(found[0], Payee) if found else None


async def end(db: Database, tx: Transaction, payee: Payee, expected: str | None) -> bool:
    """Write the last day of a payee; False when somebody else did meanwhile."""
    changes = msgspec.to_builtins(payee, builtin_types=(datetime,))
    kept = ("to_day", "ended_by", "ended_at")
    result = await db[COLLECTION].update_one(
        {"_id": payee.id, "to_day": expected},
        {"$set": {name: changes[name] for name in kept}},
        session=tx,
    )
    return result.matched_count == 1


async def number_receipts(
    db: Database, tx: Transaction, payee_id: str, *, wanted: bool
) -> None:
    """Set whether orders from now on ask for numbered receipts. By `_id`."""
    changes = {"$set": {"numbers_receipts": wanted}}
    await db[COLLECTION].update_one({"_id": payee_id}, changes, session=tx)


async def mark_charged(db: Database, tx: Transaction, payee_ids: Collection[str]) -> None:
    """Note, once, that payees have bills. By `_id`."""
    query = {"_id": {"$in": sorted(payee_ids)}, "charged": False}
    await db[COLLECTION].update_many(query, {"$set": {"charged": True}}, session=tx)


async def at_places(
    db: Database, places: Sequence[str], *, tx: Transaction | None = None
) -> list[Payee]:
    """Payees that were written for exactly these places. Served by index `place`."""
    query = {"place": {"$in": list(places)}}
    cursor = db[COLLECTION].find(query, session=tx).sort("_id", 1)
    return msgspec.convert(await cursor.to_list(), list[Payee])


def part_at_places(places: Sequence[str]) -> Part[Payee]:
    """Return the query of `at_places`, to be read with others."""
    return Part(COLLECTION, Payee, {"place": {"$in": list(places)}})


async def page(db: Database, place: str, query: PayeesQuery) -> Page[Payee]:
    """Payees of a place: written for it, above or below it. By the indexes `place`, `from_day`.

    Those of a compound are few enough to be sorted, those of a city are read in their order:
    the planner finds out.
    """
    there = {"$or": [{"place": {"$in": ancestors(place)}}, {"place": under(place)}]}
    wanted = chosen(query, "account", kind="kinds")
    if query.on_day is not None:
        wanted |= active_on(query.on_day)
    where = {"$and": [there, wanted]} if wanted else there
    return await ORDERS[query.sort].page(db[COLLECTION], Payee, where, query)
