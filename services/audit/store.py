"""Store of the audit: rows are inserted here and never changed or removed."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Final

import msgspec
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.cursor import AsyncCursor

from mongo_indexes import audit, audit_heads
from services.audit.models import AuditQuery, Head, Row, RowSort
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, first_id, to_document
from services.kernel.pages import Key, Keyset, Page, chosen, within

AT_ONCE: Final = 500
ORDERS: Final = {
    RowSort.NEWEST: Keyset(Key("position", ascending=False)),
    RowSort.OLDEST: Keyset(Key("position")),
}
# A row's position was once made a moment after its instant.
SLACK: Final = timedelta(seconds=1)


async def find_head(db: Database, lane: int, *, tx: Transaction | None = None) -> Head:
    """Return the end of a lane; an empty one where nothing was written yet."""
    document = await db[audit_heads.COLLECTION].find_one({"_id": lane}, session=tx)
    return msgspec.convert(document, Head | None) or Head(lane=lane)


async def append(db: Database, tx: Transaction, row: Row, head: Head, moved: Head) -> bool:
    """Move a lane's head and insert its new row; False when the lane does not end there.

    Of two at once, the second to write the head conflicts and its transaction starts again.
    """
    is_first = head.number == 0
    key = {"_id": head.lane} if is_first else to_document(head)
    change = {"$set": {"number": moved.number, "mac": moved.mac}}
    heads = db[audit_heads.COLLECTION]
    done = await heads.update_one(key, change, upsert=is_first, session=tx)
    if not is_first and not done.matched_count:
        return False
    await db[audit.COLLECTION].insert_one(to_document(row), session=tx)
    return True


async def lane_rows(db: Database, lane: int) -> AsyncIterator[Document]:
    """A lane's rows in order, as they are kept: by `_id`."""
    query = {"_id": {"$gte": f"{lane:02d}-", "$lt": f"{lane:02d}."}}
    async for document in in_order(db[audit.COLLECTION], query):
        yield document


async def heads(db: Database, tx: Transaction) -> list[Head]:
    cursor = db[audit_heads.COLLECTION].find({"_id": {"$gte": 0}}, session=tx).sort("_id", 1)
    return msgspec.convert(await cursor.to_list(), list[Head])


def in_order(collection: AsyncCollection[Document], query: Document) -> AsyncCursor[Document]:
    # Left to itself the server fills 16 MB at a time
    return collection.find(query).sort("_id", 1).batch_size(AT_ONCE)


async def page(db: Database, places: Sequence[str], query: AuditQuery) -> Page[Row]:
    """Rows under places. Served by `under`, `act`, `refused`, `person` or `subject`."""
    where = {
        "under": {"$in": list(places)},
        **chosen(query, "person", "subject", "act", "result"),
        **_on_days(query),
    }
    return await ORDERS[query.sort].page(db[audit.COLLECTION], Row, where, query)


def _on_days(query: AuditQuery) -> Document:
    """Return the condition for the days asked for, with the bounds that the indexes know."""
    at = within("at", query.at_from, query.at_to)
    if not at:
        return {}
    bounds = {
        sign: first_id(instant + (SLACK if sign == "$lt" else -SLACK))
        for sign, instant in at["at"].items()
    }
    return {**at, "position": bounds}
