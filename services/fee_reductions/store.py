"""Store of fee reductions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from mongo_indexes.fee_reductions import COLLECTION
from services.dependencies import Database, Transaction
from services.fee_reductions.models import (
    MOST_SHOWN,
    Reduction,
    ReductionSort,
    ReductionsQuery,
)
from services.fee_reductions.rules.models import Cause
from services.fee_reductions.states import GRANTED, TABLE, ReductionAction, ReductionState
from services.kernel.days import Day
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, between, chosen
from services.kernel.paths import under

ORDERS: Final = {
    ReductionSort.NEWEST: Keyset(
        Key("created_at", ascending=False, kind=datetime), Key(ascending=False)
    ),
    ReductionSort.ENDING: Keyset(Key("last_day"), Key()),
    ReductionSort.HOME: Keyset(Key("home"), Key()),
}
DECIDED: Final[Document] = {"state": {"$in": list(GRANTED)}}
# What erasure and the end of the keeping time leave of what was typed or shown as proof.
BLANK: Final[Document] = {
    "document_sealed": None,
    "note_sealed": None,
    "decision_sealed": None,
    "ending_sealed": None,
    "photo_ids": [],
    "erased": True,
}


async def insert(db: Database, tx: Transaction, reduction: Reduction) -> None:
    """DuplicateKeyError when a request of the home for this cause is open."""
    await db[COLLECTION].insert_one(to_document(reduction), session=tx)


async def find(
    db: Database, reduction_id: str, *, tx: Transaction | None = None
) -> Reduction | None:
    document = await db[COLLECTION].find_one({"_id": reduction_id}, session=tx)
    return msgspec.convert(document, Reduction | None)


async def find_open(db: Database, tx: Transaction, open_key: str) -> Reduction | None:
    """Open request of a home for one cause. Served by index `open_key`."""
    document = await db[COLLECTION].find_one({"open_key": open_key}, session=tx)
    return msgspec.convert(document, Reduction | None)


async def move(
    db: Database, tx: Transaction, reduction_id: str, action: ReductionAction, **changes: Any
) -> Reduction | None:
    """Compare and set the state; return the reduction, or None when somebody was first."""
    key = {"_id": reduction_id}
    moved = await TABLE.move_and_get(db[COLLECTION], key, action, changes, tx=tx)
    return msgspec.convert(moved, Reduction | None)


async def of_home(db: Database, home: str) -> list[Reduction]:
    """The latest of a home, the latest first. Served by index `home`."""
    cursor = db[COLLECTION].find({"home": home}).sort([("home", -1), ("_id", -1)])
    return msgspec.convert(await cursor.limit(MOST_SHOWN).to_list(), list[Reduction])


async def overlapping(
    db: Database, tx: Transaction, home: str, cause: Cause, days: tuple[Day, Day]
) -> Reduction | None:
    """One that a home has for a cause on one of the days. Served by index `home`."""
    first, last = days
    query = {**DECIDED, "home": home, "cause": cause, **_within(first, last)}
    document = await db[COLLECTION].find_one(query, session=tx, hint="home")
    return msgspec.convert(document, Reduction | None)


def _within(first: Day, last: Day) -> Document:
    """Return the condition for those that have a day of these; one without a day has none."""
    days = {"$expr": {"$lte": ["$from_day", "$last_day"]}}
    return {"from_day": {"$lte": last}, "last_day": {"$gte": first}, **days}


async def of_homes(db: Database, homes: Sequence[str], made_by: datetime) -> list[Reduction]:
    """What these homes were granted by an instant. Served by index `home`."""
    query = {**DECIDED, "home": {"$in": list(homes)}, "decided_at": {"$lte": made_by}}
    found = await db[COLLECTION].find(query, hint="home").to_list()
    return msgspec.convert(found, list[Reduction])


async def granted_under(db: Database, place: str, first: Day, last: Day) -> list[Reduction]:
    """What homes under a place were granted of these days, by id. Served by index `home`."""
    query = {**DECIDED, "home": under(place), **_within(first, last)}
    found = await db[COLLECTION].find(query, hint="home").to_list()
    return sorted(msgspec.convert(found, list[Reduction]), key=lambda one: one.id)


async def homes_reduced(db: Database, place: str, *, since: str, limit: int) -> dict[str, Day]:
    """Home → earliest first day, by home, from a home on. Served by index `home`.

    A $group would read everything under the place for every page; this ends where it is full.
    """
    below = {**DECIDED, "home": {**under(place), "$gte": max(since, place)}}
    cursor = db[COLLECTION].find(below, {"home": 1, "from_day": 1})
    found: dict[str, Day] = {}
    async with cursor.sort([("home", 1), ("_id", 1)]).batch_size(limit) as rows:
        async for row in rows:
            home, day = row["home"], row["from_day"]
            if home not in found and len(found) == limit:
                break
            found[home] = min(found.get(home, day), day)
    return found


async def page(
    db: Database, place: str, query: ReductionsQuery, *, cause: Cause | None
) -> Page[Reduction]:
    """Those under a place, of one cause or of all.

    By index `home` at a place whose are few enough to be sorted, by `newest` and `last_day` at
    a large one: the planner finds out.
    """
    days = between("last_day", query.last_from, query.last_to)
    where: Document = {"home": under(place), **chosen(query, "state", "cause"), **days}
    if cause is not None:
        where = {"$and": [where, {"cause": cause}]}
    return await ORDERS[query.sort].page(db[COLLECTION], Reduction, where, query)


# Erasure


async def of_person(
    db: Database, tx: Transaction, person_id: str, *, limit: int
) -> list[Reduction]:
    """Those a person asked for that have their text still. Served by index `person`."""
    query = {"person": person_id, "erased": {"$ne": True}}
    found = await db[COLLECTION].find(query, session=tx, hint="person").limit(limit).to_list()
    return msgspec.convert(found, list[Reduction])


async def open_of(db: Database, tx: Transaction, person_id: str) -> list[Reduction]:
    """Open requests of a person; few. Served by index `person`."""
    query = {"person": person_id, "state": ReductionState.REQUESTED}
    found = await db[COLLECTION].find(query, session=tx, hint="person").to_list()
    return msgspec.convert(found, list[Reduction])


async def blank(db: Database, tx: Transaction, ids: Sequence[str]) -> None:
    """Remove all text of some; what was granted, and from when to when, stays."""
    await db[COLLECTION].update_many({"_id": {"$in": list(ids)}}, {"$set": BLANK}, session=tx)
