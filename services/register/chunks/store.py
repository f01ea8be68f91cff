"""Store of the sealed chunks of an import."""

from datetime import datetime

from mongo_indexes import register_chunks
from services.dependencies import Database
from services.kernel import documents as kernel_documents


async def put(db: Database, chunk_id: str, sealed: str, expires_at: datetime) -> None:
    change = {"$set": {"sealed": sealed, "expires_at": expires_at}}
    await db[register_chunks.COLLECTION].update_one({"_id": chunk_id}, change, upsert=True)


async def find(db: Database, chunk_id: str) -> str | None:
    document = await db[register_chunks.COLLECTION].find_one({"_id": chunk_id}, {"sealed": 1})
    return document["sealed"] if document else None


async def remove(db: Database, prefix: str) -> None:
    await db[register_chunks.COLLECTION].delete_many({"_id": kernel_documents.prefixed(prefix)})
