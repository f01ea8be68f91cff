"""Store of repairs as city clients ask for them: of what all share only."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes.repairs import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import Document
from services.kernel.paths import under
from services.repairs.models import Part, Repair
from services.repairs.states import OPEN

NEWEST: Final = [("created_at", -1), ("_id", -1)]


async def shared(
    db: Database, place: str, where: Document, *, skip: int, limit: int
) -> list[Repair]:
    """Repairs of what all share under a place, newest first. Served by index `shared`.

    `skip`: bounded by the caller.
    """
    query: Document = {"part": Part.COMMON, "place": under(place), **where}
    cursor = db[COLLECTION].find(query, hint="shared").sort(NEWEST).skip(skip).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Repair])


async def find_shared(db: Database, place: str, ids: Sequence[str]) -> list[Repair]:
    """Repairs of these ids that are of what all share under a place, newest first."""
    query: Document = {"_id": {"$in": list(ids)}, "part": Part.COMMON, "place": under(place)}
    found = msgspec.convert(await db[COLLECTION].find(query).to_list(), list[Repair])
    return sorted(found, key=lambda repair: (repair.created_at, repair.id), reverse=True)


async def same(db: Database, tx: Transaction, draft: Repair, since: datetime) -> Repair | None:
    """Return an open repair that was filed with the same words. Served by index `similar`."""
    query: Document = {
        "place": draft.place,
        "category": draft.category,
        "state": {"$in": list(OPEN)},
        "filed_by": draft.filed_by,
        "text": draft.text,
        "created_at": {"$gte": since},
    }
    found = await db[COLLECTION].find_one(query, hint="similar", session=tx)
    return msgspec.convert(found, Repair | None)
