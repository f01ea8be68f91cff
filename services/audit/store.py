"""Store of the audit: rows are inserted here and never changed or removed."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

import msgspec
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.cursor import AsyncCursor

from mongo_indexes import audit, audit_heads
from services.audit.models import Head, Row
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document

AT_ONCE: Final = 500


async def find_head(db: Database, lane: int, *, tx: Transaction | None = None) -> Head:
    """Return the end of a lane; an empty one where nothing was written yet."""
    document = await db[audit_heads.COLLECTION].find_one({"_id": lane}, session=tx)
    return msgspec.convert(document, Head | None) or Head(lane=lane)


async def append(db: Database, tx: Transaction, row: Row, head: Head) -> None:
    """Move a lane's head and insert its new row.

    Of two at once, the second to write the head conflicts and its transaction starts again.
    """
    moved = to_document(head)
    key = {"_id": moved.pop("_id")}
    await db[audit_heads.COLLECTION].update_one(key, {"$set": moved}, upsert=True, session=tx)
    await db[audit.COLLECTION].insert_one(to_document(row), session=tx)


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


async def page(
    db: Database,
    places: Sequence[str],
    wanted: Document,
    *,
    before: str,
    limit: int,
) -> list[Row]:
    """Rows under places, the newest first. Served by `under`, `act`, `person` or `subject`."""
    query: Document = {"under": {"$in": list(places)}, **wanted}
    if before:
        query["position"] = {"$lt": before}
    cursor = db[audit.COLLECTION].find(query).sort("position", -1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Row])
