"""Store of bill runs."""

from collections.abc import Sequence
from typing import Final

import msgspec
from pymongo import ReturnDocument

from mongo_indexes.bill_runs import COLLECTION
from services.bills.runs.models import BillRun, Skipped
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document

# A run's document stays small: the count is exact, the list shows where to begin.
MAX_SKIPPED: Final = 500


async def find(db: Database, run_id: str) -> BillRun | None:
    document = await db[COLLECTION].find_one({"_id": run_id})
    return msgspec.convert(document, BillRun | None)


async def write(db: Database, tx: Transaction, run: BillRun) -> bool:
    """Write the run's next version; False or DuplicateKeyError when somebody wrote it first."""
    if run.version == 1:
        await db[COLLECTION].insert_one(to_document(run), session=tx)
        return True
    key = {"_id": run.id, "version": run.version - 1}
    result = await db[COLLECTION].replace_one(key, to_document(run), session=tx)
    return result.modified_count == 1


async def move(
    db: Database, run: BillRun, changes: Document, *, tx: Transaction | None = None
) -> BillRun | None:
    """Compare and set a run by its version; None when the run went on without the worker."""
    document = await db[COLLECTION].find_one_and_update(
        {"_id": run.id, "version": run.version},
        {**changes, "$inc": {**changes.get("$inc", {}), "version": 1}},
        return_document=ReturnDocument.AFTER,
        session=tx,
    )
    return msgspec.convert(document, BillRun | None)


def appending(skipped: Sequence[Skipped]) -> Document:
    """Return the $push that lists what could not be billed."""
    return {"skipped": {"$each": msgspec.to_builtins(skipped), "$slice": MAX_SKIPPED}}


async def runs_of(db: Database, place: str, *, before: str, limit: int) -> list[BillRun]:
    """A compound's runs, the latest first, before "period|id". Served by index `place`."""
    query: Document = {"place": place}
    if before:
        period, _, run_id = before.partition("|")
        query["period"] = {"$lte": period}
        query["$or"] = [{"period": {"$lt": period}}, {"_id": {"$lt": run_id}}]
    order = [("period", -1), ("_id", -1)]
    cursor = db[COLLECTION].find(query).sort(order).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[BillRun])
