"""Store of quotes of repairs: versions are added; what they offer never changes."""

from typing import Any

import msgspec

from mongo_indexes.repair_quotes import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.days import Day
from services.kernel.documents import Document, to_document
from services.repairs.quotes.models import Quote
from services.repairs.quotes.states import OPEN, TABLE, QuoteAction, QuoteState


async def insert(db: Database, tx: Transaction, quote: Quote) -> None:
    """DuplicateKeyError when the repair has a quote of this number."""
    await db[COLLECTION].insert_one(to_document(quote), session=tx)


async def find(db: Database, quote_id: str, *, tx: Transaction | None = None) -> Quote | None:
    document = await db[COLLECTION].find_one({"_id": quote_id}, session=tx)
    return msgspec.convert(document, Quote | None)


async def of_repair(db: Database, repair: str, *, tx: Transaction | None = None) -> list[Quote]:
    """All quotes of a repair, the latest first. Served by index `version`."""
    cursor = db[COLLECTION].find({"repair": repair}, session=tx).sort("version", -1)
    return msgspec.convert(await cursor.to_list(), list[Quote])


async def open_of(db: Database, tx: Transaction, repair: str) -> Quote | None:
    """Return the quote of a repair that waits for a yes, or has it. By index `version`."""
    query = {"repair": repair, "state": {"$in": list(OPEN)}}
    document = await db[COLLECTION].find_one(query, sort=[("version", -1)], session=tx)
    return msgspec.convert(document, Quote | None)


async def billed_of(db: Database, repair: str, *, tx: Transaction | None = None) -> list[Quote]:
    """Billed quotes of a repair, the latest first. Served by index `version`."""
    query = {"repair": repair, "state": QuoteState.BILLED}
    cursor = db[COLLECTION].find(query, session=tx).sort("version", -1)
    return msgspec.convert(await cursor.to_list(), list[Quote])


async def guaranteed(
    db: Database, place: str, day: Day, *, tx: Transaction | None = None
) -> list[Quote]:
    """Quotes of a home whose guarantee holds on a day. Served by index `guarantee`."""
    query: Document = {
        "place": place,
        "state": QuoteState.BILLED,
        "guaranteed_until": {"$gte": day},
    }
    cursor = db[COLLECTION].find(query, session=tx).sort("guaranteed_until", -1)
    return msgspec.convert(await cursor.to_list(), list[Quote])


async def move(
    db: Database, tx: Transaction, quote: Quote, action: QuoteAction, **changes: Any
) -> bool:
    """Compare and set the state of a quote that was read; False when somebody was first.

    The quote that was read becomes what it is then.
    """
    key = {"_id": quote.id, "state": quote.state}
    row = TABLE.find(quote.state, action)
    if row is None or row.target is None:
        return False
    if not await TABLE.move(db[COLLECTION], key, action, changes, tx=tx):
        return False
    quote.state = row.target
    for name, value in changes.items():
        setattr(quote, name, value)
    return True
