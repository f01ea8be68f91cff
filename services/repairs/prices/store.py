"""Store of prices of repairs: versions are added; only their last day is written later."""

from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes.repair_prices import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.days import Day, active_on
from services.kernel.documents import to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under
from services.repairs.prices.models import Price, PriceSort, PricesQuery

ORDERS: Final = {
    PriceSort.PLACE: Keyset(Key("place"), Key()),
    PriceSort.NEWEST: Keyset(
        Key("set_at", ascending=False, kind=datetime), Key(ascending=False)
    ),
}


async def insert(db: Database, tx: Transaction, price: Price) -> None:
    """DuplicateKeyError when the item has a version of this number."""
    await db[COLLECTION].insert_one(to_document(price), session=tx)


async def find(db: Database, tx: Transaction, price_id: str) -> Price | None:
    document = await db[COLLECTION].find_one({"_id": price_id}, session=tx)
    return msgspec.convert(document, Price | None)


async def latest(db: Database, tx: Transaction, contract: str, code: str) -> Price | None:
    """Return the latest version of an item. Served by index `item`."""
    query = {"contract": contract, "code": code}
    document = await db[COLLECTION].find_one(query, sort=[("version", -1)], session=tx)
    return msgspec.convert(document, Price | None)


async def count_items(db: Database, tx: Transaction, contract: str) -> int:
    """Count the items of a contract, ended ones too. Served by index `item`."""
    query = {"contract": contract, "version": 1}
    return await db[COLLECTION].count_documents(query, session=tx)


async def begun(db: Database, contract: str, day: Day) -> list[Price]:
    """All versions of a contract that have begun, also those over. Served by index `item`."""
    query = {"contract": contract, "from_day": {"$lte": day}}
    found = await db[COLLECTION].find(query).to_list()
    return msgspec.convert(found, list[Price])


async def end(db: Database, tx: Transaction, price: Price, expected: Day | None) -> bool:
    """Write the last day of a price; False when somebody else did meanwhile."""
    document = to_document(price)
    change = {name: document[name] for name in ("to_day", "ended_by", "ended_at")}
    key = {"_id": price.id, "to_day": expected}
    done = await db[COLLECTION].update_one(key, {"$set": change}, session=tx)
    return done.matched_count == 1


async def page(db: Database, place: str, query: PricesQuery) -> Page[Price]:
    """Versions of a place and below it. Served by the indexes `place` and `newest`."""
    where = {"place": under(place), **chosen(query, "kind", contract_id="contract")}
    if query.on_day is not None:
        where |= active_on(query.on_day)
    return await ORDERS[query.sort].page(db[COLLECTION], Price, where, query)
