"""Store of promises to pay."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes.payment_promises import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel import steps
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under
from services.kernel.today import MOST_COUNTED, Part
from services.visits.offices import due
from services.visits.promises.models import Promise, PromiseSort, PromisesQuery
from services.visits.promises.states import TABLE, PromiseAction, PromiseState

ORDERS: Final = {
    PromiseSort.SOONEST: Keyset(Key("day"), Key()),
    PromiseSort.LATEST: Keyset(Key("day", ascending=False), Key(ascending=False)),
}
WAITS: Final[Document] = {"waits": True}


async def insert(db: Database, tx: Transaction, promise: Promise) -> None:
    """DuplicateKeyError when one of the home is open. By index `open`."""
    await db[COLLECTION].insert_one(to_document(promise), session=tx)


async def find(db: Database, promise_id: str) -> Promise | None:
    document = await db[COLLECTION].find_one({"_id": promise_id})
    return msgspec.convert(document, Promise | None)


async def move(
    db: Database, tx: Transaction, promise_id: str, action: PromiseAction, changes: Document
) -> bool:
    """Compare and set the state of a promise; False when somebody was first."""
    return await TABLE.move(db[COLLECTION], {"_id": promise_id}, action, changes, tx=tx)


async def close_broken(
    db: Database, tx: Transaction, keeper: str, home: str, changes: Document
) -> None:
    """Close the broken promises of a home to somebody. Served by index `keeper_home`."""
    key: Document = {"keeper": keeper, "home": home, "state": PromiseState.BROKEN}
    await TABLE.move_many(db[COLLECTION], key, PromiseAction.CLOSE, changes, tx=tx)


async def page(
    db: Database, keepers: Sequence[str], query: PromisesQuery, *, apart: Collection[str]
) -> Page[Promise]:
    """Promises to some keepers, by day. Served by `keeper_day` and `keeper_home`.

    `apart`: homes that are left out: the actor's own.
    """
    where: Document = {"keeper": {"$in": list(keepers)}, **chosen(query, "state", "home")}
    where["$nor"] = [{"home": {"$in": sorted(apart)}}]
    hint = "keeper_day" if query.home is None else "keeper_home"
    return await ORDERS[query.sort].page(db[COLLECTION], Promise, where, query, hint=hint)


async def read_due(
    db: Database, mine: Sequence[str], part: Part, *, until: datetime, apart: Collection[str]
) -> list[Promise]:
    """Return a part of what is promised until an instant, by its end. By index `due`."""
    where = {**WAITS, **due.within(mine, part, until=until, apart=apart)}
    cursor = db[COLLECTION].find(where, hint="due").sort(due.BY_DUE.order).limit(part.limit)
    return msgspec.convert(await cursor.to_list(), list[Promise])


async def count_due(db: Database, until: datetime, hiding: Sequence[str], place: str) -> int:
    """Count what is promised until an instant at a place, up to a thousand. By `due_under`.

    `hiding`: communities that hide from their heads which homes owe: none of these.
    """
    where: Document = {**WAITS, **due.at(place, until=until)}
    if hiding:
        where["$nor"] = [{"home": under(each)} for each in hiding]
    return await db[COLLECTION].count_documents(where, limit=MOST_COUNTED, hint="due_under")


async def next_waiting(db: Database, after: str, *, limit: int) -> list[Promise]:
    """Return the next promises about which something may be to do. Served by `waits`."""
    query = {**WAITS, "_id": {"$gt": after}}
    cursor = db[COLLECTION].find(query).sort("_id", 1).limit(limit).hint("waits")
    return msgspec.convert(await cursor.to_list(), list[Promise])


async def days_of(db: Database, homes: Sequence[str], now: datetime) -> dict[str, str]:
    """Return home → the last day of open promises whose day is not over. By `due_under`."""
    query = {**WAITS, "home": {"$in": list(homes)}, "due_at": {"$gt": now}}
    query["state"] = PromiseState.OPEN
    cursor = db[COLLECTION].find(query, {"home": 1, "day": 1}).sort("due_at", 1)
    return {row["home"]: row["day"] async for row in cursor.hint("due_under")}


async def forget(db: Database, tx: Transaction, person_id: str) -> bool:
    """Remove promises of somebody's household, a step of it. Served by index `people`."""
    return await steps.remove(tx, db[COLLECTION], {"people": person_id})
