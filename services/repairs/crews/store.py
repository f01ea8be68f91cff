"""Store of the crews of repairs."""

from datetime import datetime

import msgspec

from mongo_indexes.repair_crew import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import to_document
from services.repairs.crews.models import CrewMember


async def of_place(
    db: Database, place: str, *, tx: Transaction | None = None
) -> list[CrewMember]:
    """Rows of a compound. Served by index `place`."""
    found = await db[COLLECTION].find({"place": place}, session=tx).to_list()
    return msgspec.convert(found, list[CrewMember])


async def put(db: Database, tx: Transaction, row: CrewMember) -> None:
    """Write what somebody can do; whose turn it is stays."""
    written = to_document(row)
    kept = {name: written.pop(name) for name in ("_id", "given_at")}
    change = {"$set": written, "$setOnInsert": kept}
    await db[COLLECTION].update_one({"_id": row.id}, change, upsert=True, session=tx)


async def note_given(db: Database, tx: Transaction, row_id: str, now: datetime) -> None:
    change = {"$set": {"given_at": now}}
    await db[COLLECTION].update_one({"_id": row_id}, change, session=tx)
