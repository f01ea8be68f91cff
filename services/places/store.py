"""Store of places."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from pymongo import ReturnDocument

from mongo_indexes.places import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel import unions
from services.kernel.bulk import insert_all
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, ListQuery, Page, chosen
from services.kernel.paths import under
from services.kernel.unions import Part
from services.places.models import ContactLine, Kind, Place, PlaceSort, PlacesQuery

ORDERS: Final = {
    PlaceSort.PATH: Keyset(Key()),
    PlaceSort.NEWEST: Keyset(
        Key("created_at", ascending=False, kind=datetime), Key(ascending=False)
    ),
}


async def insert(db: Database, tx: Transaction, place: Place) -> None:
    """Raise DuplicateKeyError when the path is taken."""
    await db[COLLECTION].insert_one(to_document(place), session=tx)


async def insert_many(db: Database, tx: Transaction, places: Sequence[Place]) -> None:
    """Raise DuplicateKeyError when one of the paths is taken."""
    await insert_all(tx, db[COLLECTION], [to_document(place) for place in places])


async def find(db: Database, path: str, *, tx: Transaction | None = None) -> Place | None:
    document = await db[COLLECTION].find_one({"_id": path}, session=tx)
    return msgspec.convert(document, Place | None)


async def find_many(
    db: Database, paths: Sequence[str], *, tx: Transaction | None = None
) -> list[Place]:
    cursor = db[COLLECTION].find({"_id": {"$in": list(paths)}}, session=tx).sort("_id", 1)
    return msgspec.convert(await cursor.to_list(), list[Place])


def part(paths: Sequence[str]) -> Part[Place]:
    """Places of these paths. Served by the primary key."""
    return Part(COLLECTION, Place, {"_id": {"$in": list(paths)}})


def part_hiding_debts(paths: Sequence[str]) -> Part[Document]:
    """Those of some places that hide from heads which homes owe. By the primary key."""
    query = {"_id": {"$in": list(paths)}, "heads_see_debts": False}
    return Part(COLLECTION, dict[str, Any], query, [{"$project": {"_id": 1}}])


async def find_with_grid(db: Database, paths: Sequence[str], building: str) -> list[Place]:
    """These places and the grid of a building. Served by the primary key and `building`."""
    query = {"$or": [{"_id": {"$in": list(paths)}}, {"buildings": building}]}
    return msgspec.convert(await db[COLLECTION].find(query).to_list(), list[Place])


async def of_kind_under(
    db: Database, place: str, kind: Kind, *, after: str, limit: int, retired: bool
) -> list[Place]:
    """Places of one kind under a place, by path. Served by index `kind`."""
    below = {**under(place), **({"$gt": after} if after else {})}
    query: Document = {"kind": kind, "_id": below}
    if not retired:
        query["retired_from"] = None
    cursor = db[COLLECTION].find(query).sort("_id", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Place])


async def page(db: Database, path: str, query: PlacesQuery) -> Page[Place]:
    """Places of one kind under a place. Served by the indexes `kind` and `kind_time`."""
    where = {"kind": query.kind, "_id": under(path), **chosen(query, "usage")}
    if query.has_area is not None:
        where["area"] = {"$gt": 0} if query.has_area else None
    if not query.retired:
        where["retired_from"] = None
    return await ORDERS[query.sort].page(db[COLLECTION], Place, where, query)


async def cities(db: Database, query: ListQuery) -> Page[Place]:
    """The first rung of the ladder, by path. Served by index `kind`."""
    by_path = ORDERS[PlaceSort.PATH]
    return await by_path.page(db[COLLECTION], Place, {"kind": Kind.CITY}, query)


async def mark_used(
    db: Database, paths: Sequence[str], *, tx: Transaction | None = None
) -> list[str]:
    """Mark places as used; return those that exist.

    Only the first use writes. That write collides with a removal, so that of the two, one
    transaction is repeated and sees what the other did.
    """
    unused = {"_id": {"$in": list(paths)}, "used": {"$ne": True}}
    await db[COLLECTION].update_many(unused, {"$set": {"used": True}}, session=tx)
    cursor = db[COLLECTION].find({"_id": {"$in": list(paths)}}, {"_id": 1}, session=tx)
    return [document["_id"] for document in await cursor.to_list()]


async def hold(db: Database, tx: Transaction, path: str) -> Place | None:
    """Write into a place, so that whoever holds it at the same moment starts again after us."""
    document = await db[COLLECTION].find_one_and_update(
        {"_id": path},
        {"$set": {"used": True}, "$inc": {"holds": 1}},
        return_document=ReturnDocument.AFTER,
        session=tx,
    )
    return msgspec.convert(document, Place | None)


async def lock(db: Database, tx: Transaction, paths: Sequence[str]) -> None:
    """Write into places as hold() does, so that it starts again; they do not become used."""
    await db[COLLECTION].update_many(
        {"_id": {"$in": list(paths)}}, {"$inc": {"holds": 1}}, session=tx
    )


async def set_contact(db: Database, tx: Transaction, path: str, contact: ContactLine) -> None:
    """Write down the line of the office that stands for a place."""
    change = {"$set": {"contact": msgspec.to_builtins(contact)}}
    await db[COLLECTION].update_one({"_id": path}, change, session=tx)


async def set_heads_see_debts(
    db: Database, tx: Transaction, path: str, *, allowed: bool
) -> None:
    change = {"$set": {"heads_see_debts": allowed}}
    await db[COLLECTION].update_one({"_id": path}, change, session=tx)


async def hiding_debts(db: Database, paths: Sequence[str]) -> set[str]:
    """Return those of some places that hide from heads which homes owe. By the primary key."""
    part = part_hiding_debts(paths)
    return {row["_id"] for row in (await unions.read(db, [part])).of(part)}


async def hiding_debts_under(db: Database, path: str) -> set[str]:
    """Return the communities under a place that hide from heads which homes owe."""
    query = {"kind": Kind.COMMUNITY, "_id": under(path), "heads_see_debts": False}
    return {row["_id"] async for row in db[COLLECTION].find(query, {"_id": 1}, hint="kind")}


async def made_by(
    db: Database,
    source: str,
    place: str,
    kind: Kind,
    *,
    after: str,
    limit: int,
    tx: Transaction | None = None,
) -> list[Place]:
    """Places of one kind that one import made, by path. Served by index `kind`."""
    below = {**under(place), "$gt": after}
    query = {"kind": kind, "_id": below, "source": source}
    cursor = db[COLLECTION].find(query, session=tx).sort("_id", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Place])


async def any_used(db: Database, source: str, place: str) -> bool:
    """Tell whether a home that one import made is used. Served by index `kind`."""
    query = {"kind": Kind.HOME, "_id": under(place), "source": source, "used": True}
    return await db[COLLECTION].find_one(query, {"_id": 1}) is not None


async def delete_unused(
    db: Database, tx: Transaction, source: str, paths: Sequence[str]
) -> list[Place]:
    """Remove places that one import made and nobody uses; return them."""
    query = {"_id": {"$in": list(paths)}, "source": source, "used": {"$ne": True}}
    found = await db[COLLECTION].find(query, session=tx).to_list()
    await db[COLLECTION].delete_many(query, session=tx)
    return msgspec.convert(found, list[Place])


async def empty_of(db: Database, tx: Transaction, paths: Sequence[str]) -> list[str]:
    """Return those of these places that have nothing below them."""
    found = []
    for path in paths:
        below = {"_id": {"$gte": path + ".", "$lt": path + "/"}}
        if await db[COLLECTION].find_one(below, {"_id": 1}, session=tx) is None:
            found.append(path)
    return found
