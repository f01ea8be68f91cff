"""Store of what bill runs could not bill."""

from collections.abc import Sequence
from typing import Final

import msgspec

from mongo_indexes.bill_run_skips import COLLECTION
from services.bills.runs.models import Skipped, SkippedQuery, SkipSort
from services.dependencies import Database, Transaction
from services.kernel.bulk import insert_all
from services.kernel.documents import Document, digest_id
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under

BY_HOME: Final = (Key("home"), Key("kind"), Key("from_day"))
ORDERS: Final = {
    SkipSort.HOME: Keyset(*BY_HOME),
    SkipSort.REASON: Keyset(Key("reason"), *BY_HOME),
}


async def insert(
    db: Database, tx: Transaction, run_id: str, skipped: Sequence[Skipped]
) -> None:
    """Insert a run's gaps, if there are any."""
    rows = [
        {"_id": digest_id(run_id, gap.home, gap.kind, gap.from_day), "run_id": run_id}
        | msgspec.to_builtins(gap)
        for gap in skipped
    ]
    await insert_all(tx, db[COLLECTION], rows)


async def clear(db: Database, tx: Transaction, run_id: str, *, limit: int) -> int:
    """Remove some of a run's gaps, because it is drafted again; return how many."""
    cursor = db[COLLECTION].find({"run_id": run_id}, {"_id": 1}, session=tx).limit(limit)
    ids = [row["_id"] for row in await cursor.to_list()]
    if ids:
        await db[COLLECTION].delete_many({"_id": {"$in": ids}}, session=tx)
    return len(ids)


async def page(db: Database, run_id: str, query: SkippedQuery) -> Page[Skipped]:
    """A run's gaps, each home's by fee and day. By index `run`, with a reason `run_reason`."""
    where: Document = {"run_id": run_id, **chosen(query, "reason", "kind")}
    if query.under:
        where["home"] = under(query.under)
    by_home = query.sort is SkipSort.HOME and query.reason is None
    hint = "run" if by_home else "run_reason"
    return await ORDERS[query.sort].page(db[COLLECTION], Skipped, where, query, hint=hint)
