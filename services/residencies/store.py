"""Store of residencies."""

from collections.abc import Sequence
from typing import Final

from pymongo import UpdateOne

from mongo_indexes import residencies
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.residencies.models import Residency, ResidencyStep

KEPT_STEPS: Final = 50


async def put(db: Database, rows: Sequence[Residency], tx: Transaction) -> None:
    """Insert rows of the register; those that are there already stay as they are."""
    if not rows:
        return
    writes = []
    for row in rows:
        document = to_document(row)
        key = {"_id": document.pop("_id")}
        writes.append(UpdateOne(key, {"$setOnInsert": document}, upsert=True))
    await db[residencies.COLLECTION].bulk_write(writes, ordered=False, session=tx)


async def insert(db: Database, row: Residency, tx: Transaction) -> None:
    await db[residencies.COLLECTION].insert_one(to_document(row), session=tx)


async def change(
    db: Database, found: Residency, changes: Document, step: ResidencyStep, tx: Transaction
) -> bool:
    """Change a residency that is as it was found; False when somebody was first."""
    key = {"_id": found.id, "person": found.person, "to_day": found.to_day}
    update = {"$set": changes, "$push": {"history": _kept(step)}}
    done = await db[residencies.COLLECTION].update_one(key, update, session=tx)
    return done.matched_count == 1


async def end(
    db: Database, residency_id: str, changes: Document, step: ResidencyStep, tx: Transaction
) -> None:
    """Write the last day of a residency, and who ended it."""
    update = {"$set": changes, "$push": {"history": _kept(step)}}
    await db[residencies.COLLECTION].update_one({"_id": residency_id}, update, session=tx)


def _kept(step: ResidencyStep) -> Document:
    return {"$each": [to_document(step)], "$slice": -KEPT_STEPS}
