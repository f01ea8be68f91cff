"""Store of the sealed chunks of an import."""

from datetime import datetime
from typing import Final

from mongo_indexes.register_chunks import COLLECTION
from services.dependencies import Database
from services.kernel.documents import prefixed
from services.kernel.vault import Sealed

CHUNK: Final = Sealed("register_chunks")


async def put(db: Database, chunk_id: str, sealed: str, expires_at: datetime) -> None:
    change = {"$set": {"sealed": sealed, "expires_at": expires_at}}
    await db[COLLECTION].update_one({"_id": chunk_id}, change, upsert=True)


async def find(db: Database, chunk_id: str) -> str | None:
    """Sealed text of a chunk. Served by `_id`."""
    document = await db[COLLECTION].find_one({"_id": chunk_id}, {"sealed": 1})
    return document["sealed"] if document else None


async def remove(db: Database, prefix: str) -> None:
    """Delete all chunks of a file or of a reading. Served by `_id`."""
    await db[COLLECTION].delete_many({"_id": prefixed(prefix)})
