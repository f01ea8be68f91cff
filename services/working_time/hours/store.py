"""Store of working hours: one document for each place that has its own."""

from collections.abc import Sequence

import msgspec

from mongo_indexes.working_hours import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import to_document
from services.working_time.hours.models import WorkingHours


async def of_any(db: Database, places: Sequence[str]) -> list[WorkingHours]:
    """Return the hours of those of these places that have any. By `_id`."""
    found = await db[COLLECTION].find({"_id": {"$in": list(places)}}).to_list()
    return msgspec.convert(found, list[WorkingHours])


async def put(db: Database, tx: Transaction, hours: WorkingHours) -> None:
    document = to_document(hours)
    await db[COLLECTION].replace_one({"_id": hours.id}, document, upsert=True, session=tx)


async def remove(db: Database, tx: Transaction, place: str) -> bool:
    """Remove the hours of a place; False when it had none."""
    result = await db[COLLECTION].delete_one({"_id": place}, session=tx)
    return result.deleted_count == 1
