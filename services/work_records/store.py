"""Store of work records."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes.work_records import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel import steps
from services.kernel.documents import to_document
from services.kernel.pages import Key, Keyset, Page
from services.work_records.models import WorkRecord, WorkRecordsQuery

BY_PLACE: Final = Keyset(Key("place"), Key())


async def insert(db: Database, tx: Transaction, record: WorkRecord) -> bool:
    """Insert a record once; False when it is there."""
    document = to_document(record)
    key = {"_id": record.id, "place": record.place}
    done = await db[COLLECTION].update_one(
        key, {"$setOnInsert": document}, upsert=True, session=tx
    )
    return done.upserted_id is not None


async def there(db: Database, ids: Sequence[str]) -> set[str]:
    """Return those of some ids that are there."""
    cursor = db[COLLECTION].find({"_id": {"$in": list(ids)}}, {"_id": 1})
    return {row["_id"] for row in await cursor.to_list()}


async def find(
    db: Database, record_id: str, *, tx: Transaction | None = None
) -> WorkRecord | None:
    document = await db[COLLECTION].find_one({"_id": record_id}, session=tx)
    return msgspec.convert(document, WorkRecord | None)


async def of_person(db: Database, person_id: str, month: str) -> list[WorkRecord]:
    """Return a head's records of a month: one for each office. Served by index `person`."""
    query = {"person": person_id, "month": month}
    cursor = db[COLLECTION].find(query, hint="person")
    return msgspec.convert(await cursor.to_list(), list[WorkRecord])


async def page(
    db: Database, place: str, month: str, now: datetime, query: WorkRecordsQuery
) -> Page[WorkRecord]:
    """Records of a month at and under a place that others may see. Served by index `under`."""
    where = {"under": place, "month": month, "open_at": {"$lte": now}}
    return await BY_PLACE.page(db[COLLECTION], WorkRecord, where, query, hint="under")


async def remark(
    db: Database, tx: Transaction, record_id: str, sealed: str, now: datetime
) -> bool:
    """Write the head's remark; False once others see the record."""
    key = {"_id": record_id, "open_at": {"$gt": now}}
    done = await db[COLLECTION].update_one(key, {"$set": {"remark_sealed": sealed}}, session=tx)
    return done.matched_count == 1


async def forget(db: Database, tx: Transaction, person_id: str) -> bool:
    """Remove who it was, and their words; the counts stay. Served by index `person`."""
    blank = {"$set": {"person": "", "remark_sealed": ""}}
    return await steps.change(tx, db[COLLECTION], {"person": person_id}, blank)
