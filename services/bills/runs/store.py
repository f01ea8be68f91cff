"""Store of bill runs."""

from collections.abc import Sequence
from typing import Final

import msgspec
from pymongo import ReturnDocument

from mongo_indexes.bill_runs import COLLECTION
from services.bills.runs.models import BillRun, BillRunSort, BillRunsQuery, Skipped
from services.bills.runs.states import TABLE, RunAction
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, between, chosen

ORDERS: Final = {
    BillRunSort.LATEST: Keyset(Key("period", ascending=False), Key(ascending=False)),
    BillRunSort.EARLIEST: Keyset(Key("period"), Key()),
}

# A run's document stays small: the count is exact, the list shows where to begin.
MAX_SKIPPED: Final = 500


async def find(db: Database, run_id: str) -> BillRun | None:
    document = await db[COLLECTION].find_one({"_id": run_id})
    return msgspec.convert(document, BillRun | None)


async def get(db: Database, run_id: str) -> BillRun:
    """Return a run that is there: nothing removes one."""
    return msgspec.convert(await db[COLLECTION].find_one({"_id": run_id}), BillRun)


async def write(
    db: Database, tx: Transaction, found: BillRun, action: RunAction, asked: BillRun
) -> bool:
    """Write what a person asked of a run; False or DuplicateKeyError when it moved."""
    changes = to_document(asked)
    if found.state is None:
        await db[COLLECTION].insert_one(changes, session=tx)
        return True
    return await _move(db, found, action, changes, tx=tx)


async def finish(db: Database, tx: Transaction, run: BillRun, changes: Document) -> bool:
    """End what a run does; False when it went on without the worker."""
    changes = {**changes, "version": run.version + 1}
    return await _move(db, run, RunAction.FINISH, changes, tx=tx)


async def stop(db: Database, tx: Transaction, run: BillRun, changes: Document) -> None:
    """Give a withdrawal up that took nothing back."""
    await _move(db, run, RunAction.STOP, {**changes, "version": run.version + 1}, tx=tx)


async def _move(
    db: Database,
    run: BillRun,
    action: RunAction,
    changes: Document,
    *,
    tx: Transaction | None = None,
) -> bool:
    key = {"_id": run.id, "version": run.version, "state": run.state}
    return await TABLE.move(db[COLLECTION], key, action, changes, tx=tx)


async def note(
    db: Database, run: BillRun, changes: Document, *, tx: Transaction | None = None
) -> BillRun | None:
    """Note how far a run is, by its version; None when it went on without the worker."""
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


async def page(db: Database, place: str, query: BillRunsQuery) -> Page[BillRun]:
    """A compound's runs, by period. Served by index `place`."""
    where = {
        "place": place,
        **chosen(query, "state", kind="kinds"),
        **between("period", query.period_from, query.period_to),
    }
    return await ORDERS[query.sort].page(db[COLLECTION], BillRun, where, query)
