"""Store of demands. It inserts, and adds once what became of a message."""

from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import Struct

from mongo_indexes.demands import COLLECTION
from services.demands.models import Demand, DemandsQuery, ToldOf
from services.demands.states import TABLE, DemandAction, DemandState
from services.dependencies import Database, Transaction
from services.kernel.bulk import insert_all, insert_missing
from services.kernel.days import Day
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under

BY_HOME: Final = Keyset(Key("home"), Key())


class LastDemand(Struct, frozen=True, kw_only=True):
    """Last demand for a bill that arrived."""

    demand: str
    day: Day


async def insert_many(db: Database, tx: Transaction, demands: Sequence[Demand]) -> None:
    """DuplicateKeyError when a household was sent a message in these days. Index `slots`."""
    await insert_all(tx, db[COLLECTION], [to_document(demand) for demand in demands])


async def insert_once(db: Database, tx: Transaction, demand: Demand) -> bool:
    """Insert a demand; False when it is there."""
    return bool(await insert_missing(tx, db[COLLECTION], [to_document(demand)]))


async def page(db: Database, place: str, query: DemandsQuery) -> Page[Demand]:
    """Demands under a place, by home and time. Served by index `home`."""
    where: Document = {"home": under(place), **chosen(query, "way", "state")}
    return await BY_HOME.page(db[COLLECTION], Demand, where, query, hint="home")


async def taken(
    db: Database, homes: Sequence[str], slots: Sequence[str]
) -> set[tuple[str, str]]:
    """Return (home, slot) of those that are taken. Covered by index `slots`."""
    query = {"home": {"$in": list(homes)}, "slots": {"$in": list(slots)}}
    cursor = db[COLLECTION].find(query, {"home": 1, "slots": 1}).hint("slots")
    return {(row["home"], slot) for row in await cursor.to_list() for slot in row["slots"]}


async def of_round(db: Database, round_id: str, *, after: str, limit: int) -> list[Demand]:
    """Return the next demands of a round, by home. Served by index `round`."""
    query = {"round_id": round_id, "home": {"$gt": after}}
    cursor = db[COLLECTION].find(query).sort(BY_HOME.order).limit(limit).hint("round")
    return msgspec.convert(await cursor.to_list(), list[Demand])


async def of_people(db: Database, round_id: str, people: Sequence[str]) -> list[Demand]:
    """Return the demands of a round to some people, by home. Served by index `people`."""
    query = {"people": {"$in": list(people)}, "round_id": round_id}
    cursor = db[COLLECTION].find(query).hint("people")
    found = msgspec.convert(await cursor.to_list(), list[Demand])
    return sorted(found, key=lambda demand: (demand.home, demand.id))


async def sent_of(db: Database, round_id: str, *, after: str, limit: int) -> list[Demand]:
    """Return the next demands of a round of which it is not known what became. By `sent`."""
    query = {"round_id": round_id, "state": DemandState.SENT, "_id": {"$gt": after}}
    cursor = db[COLLECTION].find(query).sort("_id", 1).limit(limit).hint("sent")
    return msgspec.convert(await cursor.to_list(), list[Demand])


async def settle(
    db: Database,
    tx: Transaction,
    demand: Demand,
    action: DemandAction,
    *,
    told: Sequence[ToldOf],
    arrived_on: Day | None,
) -> bool:
    """Add what became of a message, once."""
    key = {"_id": demand.id, "home": demand.home}
    changes: Document = {
        "told": [to_document(each) for each in told],
        "arrived_on": arrived_on,
    }
    return await TABLE.move(db[COLLECTION], key, action, changes, tx=tx)


async def last_arrived(
    db: Database, homes: Sequence[str], bills: Sequence[str]
) -> dict[str, LastDemand]:
    """Return bill → the last demand for it that arrived. Served by index `home`."""
    query = {"home": {"$in": list(homes)}, "state": DemandState.ARRIVED}
    pipeline: list[Document] = [
        {"$match": query},
        {"$project": {"arrived_on": 1, "bill": "$lines.bill_id"}},
        {"$unwind": "$bill"},
        {"$match": {"bill": {"$in": list(bills)}}},
        {"$sort": {"arrived_on": 1, "_id": 1}},
        {
            "$group": {
                "_id": "$bill",
                "demand": {"$last": "$_id"},
                "day": {"$last": "$arrived_on"},
            }
        },
    ]
    cursor = await db[COLLECTION].aggregate(pipeline, hint="home")
    return {row["_id"]: msgspec.convert(row, LastDemand) async for row in cursor}
