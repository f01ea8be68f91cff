"""The audit collections: rows are inserted here and never changed or removed."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

import msgspec

from mongo_indexes import audit, audit_anchors, audit_heads
from services.audit.models import Anchor, Head, Row
from services.dependencies import Database, Transaction
from services.documents import Document, to_document


async def find_head(db: Database, lane: int, tx: Transaction | None = None) -> Head:
    document = await db[audit_heads.COLLECTION].find_one({"_id": lane}, session=tx)
    return msgspec.convert(document, Head | None) or Head(lane=lane)


async def append(db: Database, row: Row, head: Head, tx: Transaction) -> None:
    """Insert a row and move its lane's head; of two at once, one transaction starts again."""
    move = {"$set": {"number": head.number + 1, "mac": row.mac}}
    key = {"_id": head.lane, "number": head.number}
    if head.number:
        await db[audit_heads.COLLECTION].update_one(key, move, session=tx)
    else:
        await db[audit_heads.COLLECTION].update_one(
            {"_id": head.lane}, move, upsert=True, session=tx
        )
    await db[audit.COLLECTION].insert_one(to_document(row), session=tx)


async def lane_rows(db: Database, lane: int) -> AsyncIterator[Row]:
    """A lane's rows in order, one at a time: by `_id`."""
    query = {"_id": {"$gte": f"{lane:02d}-", "$lt": f"{lane:02d}."}}
    async for document in db[audit.COLLECTION].find(query).sort("_id", 1):
        yield msgspec.convert(document, Row)


async def heads(db: Database) -> list[Head]:
    cursor = db[audit_heads.COLLECTION].find({"_id": {"$gte": 0}}).sort("_id", 1)
    return msgspec.convert(await cursor.to_list(), list[Head])


async def put_anchor(db: Database, anchor: Anchor) -> None:
    """The same hour again is the same anchor."""
    document = to_document(anchor)
    key = {"_id": document.pop("_id")}
    await db[audit_anchors.COLLECTION].update_one(key, {"$setOnInsert": document}, upsert=True)


async def anchors_since(db: Database, since: datetime) -> AsyncIterator[Anchor]:
    """Anchors from an instant on, in order. Served by index `forget`."""
    query = {"at": {"$gte": since}}
    async for document in db[audit_anchors.COLLECTION].find(query).sort("at", 1):
        yield msgspec.convert(document, Anchor)


async def any_anchor_until(db: Database, until: datetime) -> bool:
    """Tell whether the audit was kept at that time already. Served by index `forget`."""
    query = {"at": {"$lte": until}}
    return await db[audit_anchors.COLLECTION].find_one(query, {"_id": 1}) is not None


async def listing(
    db: Database,
    places: Sequence[str],
    wanted: Document,
    *,
    before: str,
    limit: int,
) -> list[Row]:
    """Rows under places, the newest first. Served by `under`, `person` or `subject`."""
    query: Document = {"under": {"$in": list(places)}, **wanted}
    if before:
        query["position"] = {"$lt": before}
    cursor = db[audit.COLLECTION].find(query).sort("position", -1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Row])
