"""Store of home requests."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
from pymongo import UpdateOne

from mongo_indexes.home_requests import COLLECTION
from services.dependencies import Database, Transaction
from services.home_requests.models import HomeRequest, RequestSort, RequestsQuery
from services.home_requests.states import OPEN, RequestState
from services.kernel.documents import Document, to_document
from services.kernel.interests import homes_of
from services.kernel.pages import Key, Keyset, ListQuery, Page, chosen, within
from services.kernel.paths import outermost, under, under_any
from services.kernel.permissions import Actor, Permission
from services.kernel.today import Part

FILED: Final = Keyset(Key(ascending=False))
ORDERS: Final = {
    RequestSort.OLDEST: Keyset(Key("created_at", kind=datetime), Key()),
    RequestSort.NEWEST: Keyset(
        Key("created_at", ascending=False, kind=datetime), Key(ascending=False)
    ),
}


async def insert(db: Database, tx: Transaction, request: HomeRequest) -> None:
    """Raises DuplicateKeyError when the same person's request for the home is open."""
    document = to_document(request)
    await db[COLLECTION].insert_one(document, session=tx)


async def find_open(db: Database, tx: Transaction, open_key: str) -> HomeRequest | None:
    """Open request of one person for one home. Served by index `open_key`."""
    document = await db[COLLECTION].find_one({"open_key": open_key}, session=tx)
    return msgspec.convert(document, HomeRequest | None)


async def count_open(db: Database, tx: Transaction, filed_by: str) -> int:
    """Served by index `filed_by`."""
    query = {"filed_by": filed_by, "state": {"$in": OPEN}}
    return await db[COLLECTION].count_documents(query, session=tx, hint="filed_by")


async def filed_by(
    db: Database, person_id: str, held: Sequence[str], query: ListQuery
) -> Page[HomeRequest]:
    """Requests a person filed, for others at the places `held` only; newest first.

    Served by index `filed_by`.
    """
    seen = [{"person": person_id}, under_any("home", held)]
    where: Document = {"filed_by": person_id, "$or": seen}
    return await FILED.page(db[COLLECTION], HomeRequest, where, query, hint="filed_by")


async def page(db: Database, places: Sequence[str], query: RequestsQuery) -> Page[HomeRequest]:
    """Requests for homes under these places; those that wait for somebody by default.

    Served by the indexes `state` and `state_time`.
    """
    where = {
        "state": {"$in": list(OPEN)},
        **chosen(query, "state", "relation"),
        **within("created_at", query.created_from, query.created_to),
        **under_any("home", places),
    }
    if query.disputed is not None:
        where["disputed"] = True if query.disputed else {"$ne": True}
    return await ORDERS[query.sort].page(db[COLLECTION], HomeRequest, where, query)


async def to_advise(db: Database, actor: Actor, part: Part) -> list[HomeRequest]:
    """Requests that wait for a head's word, the longest first, by when they were filed.

    Not of the actor, nor for a home of theirs. Those at a few places are sorted, by `state`; of
    a grid they come in their order, by `state_time`, which the database finds out by trying.
    """
    places = outermost(actor.places(Permission.ADVISE_HOMES))
    if not places:
        return []
    query = {
        "state": RequestState.WITH_HEAD,
        "person": {"$ne": actor.person_id},
        "$and": [
            {"home": {"$gte": places[0], "$lt": places[-1] + "/"}},
            under_any("home", places),
            {"home": {"$nin": sorted(homes_of(actor))}},
            part.where("created_at"),
        ],
    }
    cursor = db[COLLECTION].find(query).sort([("created_at", 1), ("_id", 1)])
    return msgspec.convert(await cursor.limit(part.limit).to_list(), list[HomeRequest])


async def count_to_advise(db: Database, place: str, *, limit: int) -> int:
    """Count the requests under a place that wait for a head's word. Served by `state`."""
    query = {"state": RequestState.WITH_HEAD, "home": under(place)}
    return await db[COLLECTION].count_documents(query, hint="state", limit=limit)


async def open_at(db: Database, tx: Transaction, home: str) -> list[HomeRequest]:
    """Open requests for a home. Served by index `state`."""
    query = {"state": {"$in": OPEN}, "home": home}
    cursor = db[COLLECTION].find(query, session=tx)
    return msgspec.convert(await cursor.to_list(), list[HomeRequest])


async def mark_disputed(db: Database, tx: Transaction, ids: Sequence[str]) -> None:
    query = {"_id": {"$in": list(ids)}}
    await db[COLLECTION].update_many(query, {"$set": {"disputed": True}}, session=tx)


# Erasure


async def open_of(db: Database, tx: Transaction, person_id: str) -> list[HomeRequest]:
    """Open requests of a person for themself; few. Served by index `person`."""
    query = {"person": person_id, "state": {"$in": OPEN}}
    cursor = db[COLLECTION].find(query, session=tx)
    return msgspec.convert(await cursor.to_list(), list[HomeRequest])


async def of_person(
    db: Database, tx: Transaction, person_id: str, *, limit: int
) -> list[HomeRequest]:
    """Requests of a person for themself that have their text still. By index `person`."""
    query = {"person": person_id, "erased": {"$ne": True}}
    cursor = db[COLLECTION].find(query, session=tx).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[HomeRequest])


async def blank(db: Database, tx: Transaction, gone: Mapping[str, str]) -> None:
    """Remove all text of requests: id → what stands for the name, sealed."""
    empty: Document = {
        "id_number_sealed": None,
        "note_sealed": None,
        "advice_sealed": None,
        "decision_sealed": None,
        "photo_ids": [],
        "erased": True,
    }
    writes = [
        UpdateOne({"_id": each}, {"$set": {**empty, "name_sealed": name}})
        for each, name in gone.items()
    ]
    if writes:
        await db[COLLECTION].bulk_write(writes, ordered=False, session=tx)
