"""Store of requests under an Idempotency-Key."""

from datetime import datetime

import msgspec
from pymongo.errors import DuplicateKeyError

from mongo_indexes.idempotency_keys import COLLECTION
from services.dependencies import Database, Transaction
from services.idempotency.models import KeyedRequest, KeyState
from services.kernel import steps
from services.kernel.documents import Document, prefixed, to_document


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


async def take_over(db: Database, left: KeyedRequest, mine: KeyedRequest) -> bool:
    """Claim a request whose process seems to have died; False when somebody was first."""
    changes = {
        "owner": mine.owner,
        "started_at": mine.started_at,
        "lease_until": mine.lease_until,
    }
    return await _fenced(db, left, {"$set": changes})


async def renew(db: Database, request: KeyedRequest, until: datetime) -> bool:
    """Extend the lease; False when the key was taken over."""
    return await _fenced(db, request, {"$set": {"lease_until": until}})


async def _fenced(db: Database, request: KeyedRequest, update: Document) -> bool:
    """Change a key only while it is this request's; `owner` is missing in earlier ones."""
    result = await db[COLLECTION].update_one(
        {
            "_id": request.id,
            "state": KeyState.RUNNING,
            "owner": request.owner or None,
        },
        update,
    )
    return result.matched_count == 1


async def finish(db: Database, request: KeyedRequest, *, status: int, sealed: str) -> None:
    await _fenced(
        db,
        request,
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
        {"_id": request.id, "owner": request.owner, "state": KeyState.RUNNING}
    )


async def remove_all(db: Database, tx: Transaction, prefix: str) -> bool:
    """Remove a step of the keys that begin so. Served by `_id`."""
    return await steps.remove(tx, db[COLLECTION], {"_id": prefixed(prefix)})
