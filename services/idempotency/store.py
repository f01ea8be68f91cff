"""Store of requests under an Idempotency-Key."""

from datetime import datetime

import msgspec
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from mongo_indexes.idempotency_keys import COLLECTION
from services.dependencies import Database, Transaction
from services.idempotency.models import KeyedRequest, KeyState
from services.kernel.documents import to_document


async def start(db: Database, request: KeyedRequest) -> bool:
    """Return False when the key was used before."""
    try:
        await db[COLLECTION].insert_one(to_document(request))
    except DuplicateKeyError:
        return False
    return True


async def find(db: Database, key: str) -> KeyedRequest | None:
    document = await db[COLLECTION].find_one({"_id": key})
    return msgspec.convert(document, KeyedRequest | None)


async def take_over(db: Database, request: KeyedRequest, now: datetime) -> KeyedRequest | None:
    """Claim a request whose process seems to have died; None when another one did."""
    document = await db[COLLECTION].find_one_and_update(
        {"_id": request.id, "state": KeyState.RUNNING, "started_at": request.started_at},
        {"$set": {"started_at": now}},
        return_document=ReturnDocument.AFTER,
    )
    return msgspec.convert(document, KeyedRequest | None)


async def finish(db: Database, request: KeyedRequest, *, status: int, sealed: str) -> None:
    await db[COLLECTION].update_one(
        {"_id": request.id, "started_at": request.started_at},
        {
            "$set": {
                "state": KeyState.DONE,
                "status": status,
                "answer_sealed": sealed,
            }
        },
    )


async def remove(db: Database, request: KeyedRequest) -> None:
    """Remove a request that failed, unless somebody took it over."""
    await db[COLLECTION].delete_one(
        {"_id": request.id, "started_at": request.started_at, "state": KeyState.RUNNING}
    )


async def remove_all(db: Database, tx: Transaction, prefix: str) -> None:
    """Remove every key that begins so. Served by `_id`: the sign after : is ;."""
    begins = {"$gte": f"{prefix}:", "$lt": f"{prefix};"}
    await db[COLLECTION].delete_many({"_id": begins}, session=tx)
