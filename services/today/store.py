"""Store of what heads have put off."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from mongo_indexes.today_put_offs import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel import steps
from services.kernel.documents import to_document
from services.today.models import PutOff


async def of_person(
    db: Database, person_id: str, now: datetime, *, tx: Transaction | None = None
) -> Sequence[PutOff]:
    """Return what a person has put off until later than now. Served by index `person`."""
    query = {"person": person_id, "until": {"$gt": now}}
    cursor = db[COLLECTION].find(query, hint="person", session=tx)
    return msgspec.convert(await cursor.to_list(), list[PutOff])


async def put(db: Database, tx: Transaction, row: PutOff) -> None:
    """Write until when an entry is put off; another day replaces the one of before."""
    document = to_document(row)
    key = {"_id": document.pop("_id")}
    await db[COLLECTION].update_one(key, {"$set": document}, upsert=True, session=tx)


async def remove(db: Database, tx: Transaction, row_id: str) -> bool:
    """Remove what was put off; False when it was not, or is over."""
    done = await db[COLLECTION].delete_one({"_id": row_id}, session=tx)
    return done.deleted_count == 1


async def forget(db: Database, tx: Transaction, person_id: str) -> bool:
    """Remove what a person put off; True while there may be more. By index `person`."""
    return await steps.remove(tx, db[COLLECTION], {"person": person_id})
