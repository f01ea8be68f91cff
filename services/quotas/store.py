"""Store of quotas."""

import msgspec

from mongo_indexes.quotas import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import to_document
from services.quotas.models import Count


async def find(db: Database, tx: Transaction, count_id: str) -> Count | None:
    document = await db[COLLECTION].find_one({"_id": count_id}, session=tx)
    return msgspec.convert(document, Count | None)


async def put(db: Database, tx: Transaction, count: Count) -> None:
    """Write a count. Of two at once one starts again, and sees what the other wrote."""
    document = to_document(count)
    key = {"_id": document.pop("_id")}
    await db[COLLECTION].update_one(key, {"$set": document}, upsert=True, session=tx)
