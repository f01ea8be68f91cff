"""Store of mediations. Steps are written by the engine (services/cases)."""

from collections.abc import Collection, Sequence
from typing import Any, Final

import msgspec

from mongo_indexes.mediations import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, ListQuery, Page, chosen
from services.kernel.paths import under, under_any
from services.kernel.today import Part
from services.mediations.models import Matter, Mediation, MediationsQuery, Near
from services.mediations.states import BEFORE, OPEN, MediationState

NEWEST: Final = Keyset(Key(ascending=False))
TO_ASSIGN: Final[Document] = {"holder": "", "state": {"$in": list(OPEN)}}


async def insert(db: Database, tx: Transaction, mediation: Mediation) -> None:
    await db[COLLECTION].insert_one(to_document(mediation), session=tx)


async def find(
    db: Database, mediation_id: str, *, tx: Transaction | None = None
) -> Mediation | None:
    document = await db[COLLECTION].find_one({"_id": mediation_id}, session=tx)
    return msgspec.convert(document, Mediation | None)


async def of_person(
    db: Database, near: Near, communities: Sequence[str], query: ListQuery
) -> Page[Mediation]:
    """Mediations of a party, and of a mediator without interest, newest first.

    `communities`: where they may mediate. By the indexes `people`, `holder`.
    """
    parts: list[tuple[str, Document]] = [("people", {"people": near.person})]
    if communities:
        parts.append(("holder", _mediated(near, communities)))
    return await NEWEST.page_of_any(db[COLLECTION], Mediation, parts, query)


def _mediated(near: Near, communities: Sequence[str]) -> Document:
    """Return the condition for what somebody mediates, without interest and in office."""
    where = under_any("place", communities)
    return {"holder": near.person, **_apart(near), **where}


def _apart(near: Near) -> Document:
    """Return the condition that somebody has no interest in it."""
    return {
        "people": {"$nin": near.people},
        "excluded": {"$ne": near.person},
        "homes": {"$nin": near.homes},
    }


async def page(
    db: Database,
    places: Sequence[str],
    query: MediationsQuery,
    *,
    near: Near,
) -> Page[Mediation]:
    """Mediations of some communities, newest first, in which somebody has no interest.

    Served by index `place`, or `to_assign`.
    """
    where: Document = {"place": {"$in": list(places)}, **_apart(near), **chosen(query, "state")}
    where = {"$and": [where, TO_ASSIGN]} if query.to_assign else where
    index = "to_assign" if query.to_assign else "place"
    return await NEWEST.page(db[COLLECTION], Mediation, where, query, hint=index)


# Mediators whose office is over


async def next_mediator(db: Database, after: str) -> str | None:
    """Return the next person who mediates something open. Served by index `follow_up`."""
    query = {"holder": {"$gt": after}, "state": {"$in": list(OPEN)}}
    cursor = db[COLLECTION].find(query, {"holder": 1}, hint="follow_up")
    found = await cursor.sort("holder", 1).limit(1).to_list()
    return str(found[0]["holder"]) if found else None


async def mediated_by(
    db: Database, holder: str, offices: Collection[str], after: str, *, limit: int
) -> list[Mediation]:
    """Open mediations of a mediator by none of some offices, by id. By index `holder`."""
    query: Document = {
        "holder": holder,
        "_id": {"$gt": after},
        "state": {"$in": list(OPEN)},
        "appointment": {"$nin": sorted(offices)},
    }
    cursor = db[COLLECTION].find(query, hint="holder").sort("_id", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Mediation])


# Follow-ups


async def to_follow_up(
    db: Database, near: Near, communities: Sequence[str], part: Part
) -> list[Mediation]:
    """Agreements in force that a mediator looks after, the earliest first. By `follow_up`."""
    where = {**_mediated(near, communities), "state": MediationState.AGREED}
    query: Document = {"$and": [where, part.where("sort_due")]}
    cursor = db[COLLECTION].find(query, hint="follow_up")
    found = await cursor.sort([("sort_due", 1), ("_id", 1)]).limit(part.limit).to_list()
    return msgspec.convert(found, list[Mediation])


async def count_to_follow_up(db: Database, place: str, near: Near, *, most: int) -> int:
    """Count the agreements in force under a place in which somebody has no interest.

    Up to a number. By index `place`.
    """
    where = {"place": under(place), **_apart(near), "state": MediationState.AGREED}
    return await db[COLLECTION].count_documents(where, limit=most)


# Figures


async def counts(db: Database, field: str, quarter: str, place: str) -> dict[str, int]:
    """Return community → how many mediations have a quarter in a field. By its index."""
    steps: list[Document] = [
        {"$match": {field: quarter, "place": under(place)}},
        {"$group": {"_id": "$place", "count": {"$sum": 1}}},
    ]
    cursor = await db[COLLECTION].aggregate(steps, hint=field)
    return {row["_id"]: row["count"] async for row in cursor}


# Erasure, and the end of what is kept


async def before_agreed(db: Database, tx: Transaction, person_id: str) -> list[Mediation]:
    """Mediations of a party in which nobody is bound yet; few. Served by index `people`."""
    where = {"people": person_id, "state": {"$in": list(BEFORE)}}
    cursor = db[COLLECTION].find(where, session=tx)
    return msgspec.convert(await cursor.to_list(), list[Mediation])


async def change(
    db: Database, tx: Transaction, mediation_id: str, changes: dict[str, Any]
) -> None:
    """Change what is no step: what erasure and the end of keeping take out."""
    await db[COLLECTION].update_one({"_id": mediation_id}, {"$set": changes}, session=tx)


async def with_homes(db: Database, homes: Sequence[str], matter: Matter) -> list[Mediation]:
    """Return the mediations of some homes about a matter, also those that are over.

    Served by index `homes_matter`.
    """
    query = {"homes": {"$in": list(homes)}, "matter": matter}
    cursor = db[COLLECTION].find(query).hint("homes_matter")
    return msgspec.convert(await cursor.to_list(), list[Mediation])


async def homes_with(db: Database, homes: Sequence[str], matters: Sequence[Matter]) -> set[str]:
    """Return those of some homes whose dispute about a matter goes on. By `open_homes`."""
    query = {
        "homes": {"$in": list(homes)},
        "state": {"$in": list(OPEN)},
        "matter": {"$in": list(matters)},
    }
    cursor = db[COLLECTION].find(query, {"homes": 1}).hint("open_homes")
    return {home for row in await cursor.to_list() for home in row["homes"]} & {*homes}
