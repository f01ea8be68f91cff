"""Store of what bill runs could not bill."""

from collections.abc import Sequence

import msgspec

from mongo_indexes.bill_run_skips import COLLECTION
from services.bills.runs.models import Skipped
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, digest_id


async def insert(
    db: Database, tx: Transaction, run_id: str, skipped: Sequence[Skipped]
) -> None:
    """Insert a run's gaps, if there are any."""
    rows = [
        {"_id": digest_id(run_id, gap.home, gap.kind, gap.from_day), "run_id": run_id}
        | msgspec.to_builtins(gap)
        for gap in skipped
    ]
    if rows:
        await db[COLLECTION].insert_many(rows, session=tx)


async def clear(db: Database, tx: Transaction, run_id: str, *, limit: int) -> int:
    """Remove some of a run's gaps, because it is drafted again; return how many."""
    cursor = db[COLLECTION].find({"run_id": run_id}, {"_id": 1}, session=tx).limit(limit)
    ids = [row["_id"] for row in await cursor.to_list()]
    if ids:
        await db[COLLECTION].delete_many({"_id": {"$in": ids}}, session=tx)
    return len(ids)


async def of_run(db: Database, run_id: str, *, after: str, limit: int) -> list[Skipped]:
    """A run's gaps by home, kind and day, after "home|kind|from_day". Served by index `run`."""
    home, _, place = after.partition("|")
    kind, _, from_day = place.partition("|")
    query: Document = {"run_id": run_id}
    if home:
        query["home"] = {"$gte": home}
        query["$or"] = [
            {"home": {"$gt": home}},
            {"kind": {"$gt": kind}},
            {"kind": kind, "from_day": {"$gt": from_day}},
        ]
    order = [("home", 1), ("kind", 1), ("from_day", 1)]
    cursor = db[COLLECTION].find(query).sort(order).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Skipped])
