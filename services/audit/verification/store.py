"""Store of the audit's anchors."""

from collections.abc import AsyncIterator

import msgspec

from mongo_indexes import audit_anchors
from services.audit import store as audit_store
from services.audit.verification.models import Anchor
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document


async def find_last(db: Database, tx: Transaction) -> Anchor | None:
    cursor = db[audit_anchors.COLLECTION].find({"_id": {"$gt": 0}}, session=tx)
    found = await cursor.sort("_id", -1).limit(1).to_list()
    return msgspec.convert(found[0], Anchor) if found else None


async def insert(db: Database, tx: Transaction, anchor: Anchor) -> None:
    """Raise DuplicateKeyError when an anchor of this number is there."""
    await db[audit_anchors.COLLECTION].insert_one(to_document(anchor), session=tx)


async def anchors(db: Database) -> AsyncIterator[Document]:
    """All anchors in order, as they are kept."""
    query = {"_id": {"$gt": 0}}
    async for document in audit_store.in_order(db[audit_anchors.COLLECTION], query):
        yield document
