"""Store of repairs. Steps are written by the engine (services/cases)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes.repairs import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under_any
from services.repairs.models import Part, Repair, RepairSort, RepairsQuery
from services.repairs.states import ON_HAND, OPEN

# A repair without a running deadline comes behind all that have one.
NO_DEADLINE: Final = datetime(9999, 12, 31)  # noqa: DTZ001  # MongoDB's own, compared there only
ORDERS: Final = {
    RepairSort.NEWEST: Keyset(Key(ascending=False)),
    RepairSort.DEADLINE: Keyset(Key("due_at", kind=datetime), Key()),
}


async def insert(db: Database, tx: Transaction, repair: Repair) -> None:
    await db[COLLECTION].insert_one(to_document(repair), session=tx)


async def find(db: Database, repair_id: str, *, tx: Transaction | None = None) -> Repair | None:
    document = await db[COLLECTION].find_one({"_id": repair_id}, session=tx)
    return msgspec.convert(document, Repair | None)


async def find_many(db: Database, repair_ids: Sequence[str]) -> list[Repair]:
    """Repairs of these ids, in any order."""
    cursor = db[COLLECTION].find({"_id": {"$in": list(repair_ids)}})
    return msgspec.convert(await cursor.to_list(), list[Repair])


async def similar(
    db: Database, places: Sequence[str], category: str, *, limit: int
) -> list[Repair]:
    """Open repairs of a category at some places, newest first. Served by index `similar`."""
    query: Document = {
        "place": {"$in": list(places)},
        "category": category,
        "state": {"$in": list(OPEN)},
    }
    cursor = db[COLLECTION].find(query, hint="similar").sort("_id", -1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Repair])


async def page(
    db: Database, places: Sequence[str], query: RepairsQuery, *, common_only: bool
) -> Page[Repair]:
    """Repairs under some places; those that are not over by default."""
    where: Document = {
        "state": {"$in": list(OPEN)},
        **chosen(query, "state", "category", "danger", "overdue"),
        **under_any("place", places),
    }
    if common_only:
        where["part"] = Part.COMMON
    return await ORDERS[query.sort].page(db[COLLECTION], Repair, where, query)


async def next_contract(db: Database, after: str) -> Repair | None:
    """Return a repair that a firm has in hand, of the next contract. By index `contract`."""
    query = {"contract": {"$gt": after}, "state": {"$in": list(OPEN)}}
    cursor = db[COLLECTION].find(query, hint="contract").sort("contract", 1).limit(1)
    found = msgspec.convert(await cursor.to_list(), list[Repair])
    return found[0] if found else None


async def of_contract(db: Database, contract: str, *, limit: int) -> list[Repair]:
    """Repairs that are in hand by a contract. Served by index `contract`."""
    query = {"contract": contract, "state": {"$in": list(OPEN)}}
    cursor = db[COLLECTION].find(query, hint="contract").limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Repair])


async def next_holder(db: Database, after: str) -> str | None:
    """Return the next person who has a repair on hand. Served by index `on_hand`."""
    query = {"holder": {"$gt": after}, "state": {"$in": list(ON_HAND)}}
    cursor = (
        db[COLLECTION].find(query, {"holder": 1}, hint="on_hand").sort("holder", 1).limit(1)
    )
    found = await cursor.to_list()
    return str(found[0]["holder"]) if found else None


async def of_holder(db: Database, holder: str, after: str, *, limit: int) -> list[Repair]:
    """Repairs that somebody has on hand, by id. Served by index `on_hand`."""
    query = {"holder": holder, "state": {"$in": list(ON_HAND)}, "_id": {"$gt": after}}
    cursor = db[COLLECTION].find(query, hint="on_hand").sort("_id", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Repair])


# Erasure


async def of_person(db: Database, tx: Transaction, person_id: str, *, limit: int) -> list[str]:
    """Ids of repairs of a person that have their words still. Served by index `person`."""
    cursor = db[COLLECTION].find({"person": person_id}, {"_id": 1}, session=tx).limit(limit)
    return [document["_id"] for document in await cursor.to_list()]


async def blank(db: Database, tx: Transaction, repair_ids: Sequence[str]) -> None:
    """Remove who reported repairs, and what was typed about a home.

    What is broken of what all share says nothing of a person, and others wait for it.
    """
    empty: Document = {
        "person": None,
        "text_sealed": "",
        "name_sealed": "",
        "phone_sealed": "",
        "access_sealed": "",
        "photo_ids": [],
        "erased": True,
    }
    if repair_ids:
        query = {"_id": {"$in": list(repair_ids)}}
        await db[COLLECTION].update_many(query, {"$set": empty}, session=tx)
