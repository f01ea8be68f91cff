"""Store of repairs. Steps are written by the engine (services/cases)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from mongo_indexes.repairs import COLLECTION
from services.cases.models import NO_DEADLINE
from services.dependencies import Database, Transaction
from services.kernel.days import month_of
from services.kernel.documents import Document, first_id, to_document
from services.kernel.pages import Count, Key, Keyset, ListQuery, Page, chosen
from services.kernel.paths import ancestors, outermost, under
from services.places.actions import compound_of
from services.repairs.boards.models import RepairSort, RepairsQuery, Scope
from services.repairs.models import Part, Repair
from services.repairs.states import ON_HAND, OPEN, RepairState

T = TypeVar("T", bound=Struct)
ORDERS: Final = {
    RepairSort.NEWEST: Keyset(Key(ascending=False)),
    RepairSort.OLDEST: Keyset(Key()),
    RepairSort.DEADLINE: Keyset(Key("sort_due", kind=datetime), Key()),
}
IN_HAND: Final = Keyset(
    Key("rank", kind=Count), Key("sort_due", kind=datetime), Key("place"), Key()
)


async def insert(db: Database, tx: Transaction, repair: Repair) -> None:
    """Insert a repair that has its keys. Raises ValueError for one without: nobody finds it."""
    if not repair.words:
        raise ValueError("a repair without words: see services/repairs/boards/keys.py of()")
    repair.under = ancestors(repair.place)
    repair.sort_due = repair.due_at or NO_DEADLINE
    repair.compound = compound_of(repair.place)
    repair.month = month_of(repair.created_at)
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


async def board(
    db: Database,
    scope: Scope,
    query: RepairsQuery,
    wanted: Sequence[str],
    *,
    codes: Sequence[str] = (),
) -> Page[Repair]:
    """Repairs that somebody may see on a board.

    `wanted`: words that they all have. `codes`: categories, of which each has one; without,
    any. Without both: by index `open_due`, `open_time`, `state_due` or `state_time`, each in
    its order, whatever the place; what oneself holds by those that begin with `held`. With
    words or codes: by `words_place` for a rare one or a small place, else by `words_due` or
    `words_time`, merged in order for several codes; the database finds out by trying.
    """
    places, order = outermost(scope.places), ORDERS[query.sort]
    where = _asked(scope, query)
    if wanted or codes:
        found = {"$all": list(wanted)} if wanted else {}
        if codes:
            where |= {"category": {"$in": list(codes)}}
            found |= {"$in": list(codes)}
        where |= {"words": found, **_around(places)}
        return await order.page(db[COLLECTION], Repair, where, query)
    is_by_due = query.sort is RepairSort.DEADLINE
    begins = "state" if query.state else "open"
    if query.held_by_me:
        begins = f"held_{begins}"
    if begins == "open" and is_by_due:  # both are named: two ranges, merged in order
        where = {"overdue": {"$in": [True, False]}} | where
    where |= {"under": {"$in": list(places)}}
    hint = f"{begins}_{'due' if is_by_due else 'time'}"
    return await order.page(db[COLLECTION], Repair, where, query, hint=hint)


def _asked(scope: Scope, query: RepairsQuery) -> Document:
    """Return the condition for what is asked for, of what somebody may see."""
    where: Document = {
        **({} if query.q else {"state": {"$in": list(OPEN)}}),
        **chosen(query, "state", "danger", "overdue"),
        **_seen(scope, is_search=query.q is not None),
    }
    if query.held_by_me is not None:
        where |= {"holder": scope.person if query.held_by_me else {"$ne": scope.person}}
    return where


def _around(places: Sequence[str]) -> Document:
    """Return the condition for what lies under some places, as one range of an index."""
    if not places:
        return {"place": {"$in": []}}
    if len(places) == 1:
        return {"place": under(places[0])}
    return {
        "place": {"$gte": places[0], "$lt": places[-1] + "/"},
        "under": {"$in": list(places)},
    }


def _seen(scope: Scope, *, is_search: bool) -> Document:
    """Return the condition for what somebody may see, of all at their places.

    By a search, what nobody has checked yet is found by nobody who may not read it.
    """
    if not scope.common:
        return {}
    shared: Document = {"part": Part.COMMON} | ({"text_shown": True} if is_search else {})
    return {"$or": [{"under": {"$in": list(scope.whole)}}, shared, {"filed_by": scope.person}]}


async def in_hand(
    db: Database, holder: str, places: Sequence[str], query: ListQuery
) -> Page[Repair]:
    """Repairs that somebody does, under some places. Served by index `holder`."""
    where: Document = {
        "holder": holder,
        "state": {"$in": list(ON_HAND)},
        "under": {"$in": list(places)},
    }
    return await IN_HAND.page(db[COLLECTION], Repair, where, query, hint="holder")


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


async def attachable(
    db: Database,
    places: Sequence[str],
    categories: Sequence[str],
    since: datetime,
    *,
    limit: int,
) -> list[Repair]:
    """Open repairs of no outage, by what they are and since when. By index `open_time`."""
    query: Document = {
        "under": {"$in": list(places)},
        "_id": {"$gte": first_id(since)},
        "state": {"$in": list(OPEN)},
        "category": {"$in": list(categories)},
        "outage": "",
    }
    cursor = db[COLLECTION].find(query, hint="open_time").limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Repair])


async def attach(db: Database, tx: Transaction, repair_id: str, outage: str) -> None:
    """Attach a repair to an outage."""
    await db[COLLECTION].update_one(
        {"_id": repair_id}, {"$set": {"outage": outage}}, session=tx
    )


async def mark_outage_asked(db: Database, tx: Transaction, repair_id: str) -> None:
    """Note that what was answered of a repair holds, whatever the outage it is about."""
    change: Document = {"$set": {"outage_asked": True}}
    await db[COLLECTION].update_one({"_id": repair_id}, change, session=tx)


async def of_outage(
    db: Database, outage: str, states: Sequence[RepairState], *, limit: int
) -> list[str]:
    """Ids of repairs that an outage has not asked of, in some states. By index `outage`."""
    query: Document = {
        "outage": outage,
        "state": {"$in": list(states)},
        "outage_asked": {"$ne": True},
    }
    cursor = db[COLLECTION].find(query, {"_id": 1}, hint="outage").sort("_id", 1).limit(limit)
    return [document["_id"] for document in await cursor.to_list()]


async def on_hand(
    db: Database, people: Sequence[str], *, tx: Transaction | None = None
) -> dict[str, int]:
    """Return person → how many repairs they have on hand. Served by index `on_hand`."""
    query = {"holder": {"$in": list(people), "$gt": ""}, "state": {"$in": list(ON_HAND)}}
    steps: list[Document] = [
        {"$match": query},
        {"$group": {"_id": "$holder", "count": {"$sum": 1}}},
    ]
    cursor = await db[COLLECTION].aggregate(steps, hint="on_hand", session=tx)
    return {row["_id"]: row["count"] async for row in cursor}


async def hold(db: Database, tx: Transaction, repair_id: str) -> Repair | None:
    """Lock a repair in a transaction that goes by its state; None when there is none.

    A write, not a read: a step at the same moment then conflicts with it.
    """
    document = await db[COLLECTION].find_one_and_update(
        {"_id": repair_id}, {"$inc": {"holds": 1}}, session=tx
    )
    return msgspec.convert(document, Repair | None)


async def lift_guarantee(
    db: Database, tx: Transaction, repair_id: str, quotes: Sequence[str]
) -> None:
    """Note that a repair is none of the guarantee of some paid quotes."""
    change: Document = {
        "$set": {"guarantee_lifted": True},
        "$addToSet": {"lifted_quotes": {"$each": list(quotes)}},
    }
    await db[COLLECTION].update_one({"_id": repair_id}, change, session=tx)


async def show_text(db: Database, tx: Transaction, repair_id: str) -> None:
    """Let neighbours read the words of a repair."""
    change: Document = {"$set": {"text_shown": True}}
    await db[COLLECTION].update_one({"_id": repair_id}, change, session=tx)


# Figures and call-backs


async def of_month(
    db: Database, tx: Transaction, compound: str, month: str, kind: type[T]
) -> list[T]:
    """Repairs reported in a compound in a month, in any order. By index `figures`.

    `kind`: what is read of each.
    """
    query = {"compound": compound, "month": month}
    names = {field.encode_name: 1 for field in msgspec.structs.fields(kind)}
    found = await db[COLLECTION].find(query, names, hint="figures", session=tx).to_list()
    return [msgspec.convert(document, kind) for document in found]


async def next_month(db: Database, compound: str, month: str) -> tuple[str, str] | None:
    """Return the compound and month of repairs after these. Served by index `figures`."""
    later: Document = {"compound": compound, "month": {"$gt": month}}
    for query in (later, {"compound": {"$gt": compound}}):
        cursor = db[COLLECTION].find(query, {"compound": 1, "month": 1}, hint="figures")
        found = await cursor.sort([("compound", 1), ("month", 1)]).limit(1).to_list()
        if found:
            return found[0]["compound"], found[0]["month"]
    return None


async def next_compound(
    db: Database, after: str, begins: datetime, ends: datetime
) -> str | None:
    """Return the next compound in which a repair ended in a span. By index `ended`."""
    query = {"compound": {"$gt": after}, "ended_at": {"$gte": begins, "$lt": ends}}
    cursor = db[COLLECTION].find(query, {"compound": 1}, hint="ended")
    found = await cursor.sort("compound", 1).limit(1).to_list()
    return found[0]["compound"] if found else None


async def ended(
    db: Database, tx: Transaction, compound: str, begins: datetime, ends: datetime
) -> list[Repair]:
    """Repairs of a compound that were closed in a span, fixed or not. By index `ended`."""
    query: Document = {
        "compound": compound,
        "ended_at": {"$gte": begins, "$lt": ends},
        "state": {"$in": [RepairState.CONFIRMED, RepairState.CLOSED]},
    }
    found = await db[COLLECTION].find(query, hint="ended", session=tx).to_list()
    return msgspec.convert(found, list[Repair])


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
