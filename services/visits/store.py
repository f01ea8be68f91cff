"""Store of visits."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes.visits import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel import steps
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, between, chosen
from services.kernel.paths import under
from services.kernel.today import MOST_COUNTED, Part
from services.kernel.work import Worked
from services.visits.models import HeadVisitsQuery, Visit, VisitSort
from services.visits.offices import due
from services.visits.states import TABLE, VisitAction, VisitState

ORDERS: Final = {
    VisitSort.SOONEST: Keyset(Key("day"), Key()),
    VisitSort.LATEST: Keyset(Key("day", ascending=False), Key(ascending=False)),
}
PLANNED: Final[Document] = {"state": VisitState.PLANNED}


async def insert(db: Database, tx: Transaction, visit: Visit) -> None:
    """DuplicateKeyError when one for the same purpose is planned there. By index `open`."""
    await db[COLLECTION].insert_one(to_document(visit), session=tx)


async def find(db: Database, visit_id: str, *, tx: Transaction | None = None) -> Visit | None:
    document = await db[COLLECTION].find_one({"_id": visit_id}, session=tx)
    return msgspec.convert(document, Visit | None)


async def move(
    db: Database, tx: Transaction, visit_id: str, action: VisitAction, changes: Document
) -> bool:
    """Compare and set the state of a visit; False when somebody was first."""
    return await TABLE.move(db[COLLECTION], {"_id": visit_id}, action, changes, tx=tx)


async def page(
    db: Database, keepers: Sequence[str], query: HeadVisitsQuery, *, apart: Collection[str]
) -> Page[Visit]:
    """Visits of some keepers by day. Served by `keeper_day` and `keeper_home`.

    `apart`: homes that are left out: the actor's own.
    """
    where: Document = {
        "keeper": {"$in": list(keepers)},
        **chosen(query, "state", "purpose", "outcome", "home"),
        **between("day", query.day_from, query.day_to),
        "$nor": [{"home": {"$in": sorted(apart)}}],
    }
    hint = "keeper_day" if query.home is None else "keeper_home"
    return await ORDERS[query.sort].page(db[COLLECTION], Visit, where, query, hint=hint)


async def counts(db: Database, place: str, first: str, last: str) -> list[Document]:
    """Count visits under a place by office, state and outcome. Covered by index `figures`."""
    pipeline: list[Document] = [
        {"$match": {"home": under(place), "day": {"$gte": first, "$lte": last}}},
        {
            "$group": {
                "_id": {each: f"${each}" for each in ("role", "office", "state", "outcome")},
                "count": {"$sum": 1},
            }
        },
    ]
    cursor = await db[COLLECTION].aggregate(pipeline, hint="figures")
    return await cursor.to_list()


async def made_by(db: Database, worked: Worked) -> dict[str, int]:
    """Return outcome → visits that a head made in some days. Served by index `made_by`."""
    where = {"made_by": worked.person, "made_at": worked.span, "state": VisitState.MADE}
    stages: list[Document] = [
        {"$match": {**where, **worked.at("home")}},
        {"$group": {"_id": "$outcome", "visits": {"$sum": 1}}},
    ]
    cursor = await db[COLLECTION].aggregate(stages, hint="made_by")
    return {row["_id"]: row["visits"] for row in await cursor.to_list()}


# The list of the day


async def read_due(
    db: Database, mine: Sequence[str], part: Part, *, until: datetime, apart: Collection[str]
) -> list[Visit]:
    """Return a part of what is planned until an instant, by its end. By index `due`."""
    where = {**PLANNED, **due.within(mine, part, until=until, apart=apart)}
    cursor = db[COLLECTION].find(where, hint="due").sort(due.BY_DUE.order).limit(part.limit)
    return msgspec.convert(await cursor.to_list(), list[Visit])


async def count_due(db: Database, until: datetime, place: str) -> int:
    """Count what is planned until an instant at a place, up to a thousand. By `due_under`."""
    where = {**PLANNED, **due.at(place, until=until)}
    return await db[COLLECTION].count_documents(where, limit=MOST_COUNTED, hint="due_under")


# Retention and erasure


async def without_minutes(
    db: Database, tx: Transaction, query: Document, *, limit: int = steps.AT_ONCE
) -> list[Visit]:
    """Return visits of which minutes are to go. Served by `minutes_until` and `people`."""
    cursor = db[COLLECTION].find(query, session=tx).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Visit])


async def blank(db: Database, tx: Transaction, visit_ids: Sequence[str]) -> None:
    """Leave of visits only that somebody was there on a day."""
    if visit_ids:
        empty: Document = {"minutes_sealed": "", "minutes_until": None, "photos": []}
        empty["people"] = []
        query = {"_id": {"$in": list(visit_ids)}, "state": VisitState.MADE}
        await db[COLLECTION].update_many(query, {"$set": empty}, session=tx)
