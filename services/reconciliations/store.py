"""Store of reconciliations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from mongo_indexes.reconciliations import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, between, chosen
from services.reconciliations.models import DaySort, DaySource, DaysQuery, Reconciliation
from services.reconciliations.states import OPEN, TABLE, DayAction, DayState

ORDERS: Final = {
    DaySort.NEWEST: Keyset(Key("day", ascending=False), Key(ascending=False)),
    DaySort.OLDEST: Keyset(Key("day"), Key()),
}
NOT_FOUND: Final = ("state", "closed_by", "closed_because", "closed_at")


async def begin(db: Database, day: Reconciliation) -> Reconciliation:
    """Return a day as it is kept; it waits for WeChat's bills when it is new."""
    document = to_document(day)
    key = {"_id": document.pop("_id")}
    await db[COLLECTION].update_one(key, {"$setOnInsert": document}, upsert=True)
    return msgspec.convert(await db[COLLECTION].find_one(key), Reconciliation)


async def find(
    db: Database, day_id: str, *, tx: Transaction | None = None
) -> Reconciliation | None:
    document = await db[COLLECTION].find_one({"_id": day_id}, session=tx)
    return msgspec.convert(document, Reconciliation | None)


async def note(db: Database, day_id: str, **facts: Any) -> None:
    """Note what is no change of a day's state. By `_id`."""
    await db[COLLECTION].update_one({"_id": day_id}, {"$set": facts})


async def hold(db: Database, tx: Transaction, day: Reconciliation) -> bool:
    """Write what was found, and keep others from closing the day; False when it is closed."""
    found = {name: each for name, each in to_document(day).items() if name not in NOT_FOUND}
    query = {"_id": found.pop("_id"), "state": {"$in": list(OPEN)}}
    result = await db[COLLECTION].update_one(query, {"$set": found}, session=tx)
    return result.matched_count == 1


async def move(
    db: Database, tx: Transaction, day_id: str, action: DayAction, **changes: Any
) -> bool:
    """Compare and set the state of a day; False when the table does not allow it."""
    return await TABLE.move(db[COLLECTION], {"_id": day_id}, action, changes, tx=tx)


async def of_account(
    db: Database, account: str, mchid: str, from_day: str, to_day: str
) -> list[Reconciliation]:
    """Days of a span, by day. Served by index `account`."""
    span = {"$gte": from_day, "$lte": to_day}
    query = {"account": account, "day": span, "mchid": mchid}
    cursor = db[COLLECTION].find(query).sort([("day", 1), ("_id", 1)])
    return msgspec.convert(await cursor.to_list(), list[Reconciliation])


async def closed_days(
    db: Database, account: str, source: DaySource, from_day: str, to_day: str
) -> dict[str, datetime]:
    """Return closed day → when it was last compared, of a span. Served by `account`."""
    span = {"$gte": from_day, "$lte": to_day}
    query = {"account": account, "day": span, "source": source, "state": DayState.CLOSED}
    cursor = db[COLLECTION].find(query, {"day": 1, "checked_at": 1}).hint("account")
    return {row["day"]: row["checked_at"] async for row in cursor}


async def mark_late(db: Database, day_id: str, entries: int, amount_fen: int) -> bool:
    """Write what came late for a closed day; False when it says so already. By `_id`."""
    late = {"late_entries": entries, "late_fen": amount_fen}
    key = {"_id": day_id, "state": DayState.CLOSED}
    result = await db[COLLECTION].update_one(key, {"$set": late})
    return result.modified_count == 1


async def moved_before(db: Database, day: Reconciliation) -> Reconciliation | None:
    """The last day before, on which the account moved. Served by index `account`."""
    return await _moved(db, day, {"$lt": day.day}, -1)


async def moved_after(db: Database, day: Reconciliation) -> Reconciliation | None:
    """The next day on which the account moved. Served by index `account`."""
    return await _moved(db, day, {"$gt": day.day}, 1)


async def _moved(
    db: Database, day: Reconciliation, span: Document, way: int
) -> Reconciliation | None:
    query = {"account": day.account, "day": span, "mchid": day.mchid, "flow.rows": {"$gt": 0}}
    cursor = db[COLLECTION].find(query).sort([("day", way), ("_id", way)]).limit(1)
    found = await cursor.to_list()
    return msgspec.convert(found[0], Reconciliation) if found else None


async def page(
    db: Database, query: DaysQuery, accounts: Sequence[str] | None
) -> Page[Reconciliation]:
    """Days as asked for. Served by the indexes `account`, `state` and `day`."""
    where: Document = chosen(query, "state", "source")
    by = "state" if query.state else "day"
    if accounts is not None:
        where["account"], by = {"$in": list(accounts)}, "account"
    if query.late is not None:
        where["late_entries"] = {"$gt": 0} if query.late else {"$not": {"$gt": 0}}
    where |= between("day", query.day_from, query.day_to)
    return await ORDERS[query.sort].page(db[COLLECTION], Reconciliation, where, query, hint=by)


async def count(db: Database, states: Sequence[DayState]) -> int:
    """Served by index `state`."""
    query = {"state": {"$in": list(states)}}
    return await db[COLLECTION].count_documents(query, hint="state")
