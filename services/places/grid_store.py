"""Store of grids: places of the same collection that name buildings."""

from collections.abc import Sequence

import msgspec

from mongo_indexes.places import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel import unions
from services.kernel.documents import Document, to_document
from services.kernel.pages import Page
from services.kernel.paths import under, under_any
from services.kernel.unions import Part
from services.places import store
from services.places.models import Grid, GridChange, GridsQuery, Kind

KEPT_CHANGES = 100


async def find(db: Database, tx: Transaction, path: str) -> Grid | None:
    query = {"_id": path, "kind": Kind.GRID}
    document = await db[COLLECTION].find_one(query, session=tx)
    return msgspec.convert(document, Grid | None)


async def find_many(db: Database, paths: Sequence[str]) -> list[Grid]:
    """Of these paths, those that are grids. Served by the primary key."""
    asked = part(paths)
    return (await unions.read(db, [asked])).of(asked)


def part(paths: Sequence[str]) -> Part[Grid]:
    """Of these paths, those that are grids. Served by the primary key."""
    return Part(COLLECTION, Grid, {"_id": {"$in": list(paths)}, "kind": Kind.GRID})


async def buildings_under(db: Database, communities: Sequence[str]) -> dict[str, list[str]]:
    """Return grid → its buildings, of some communities. Served by index `kind`."""
    query = {"kind": Kind.GRID, **under_any("_id", communities)}
    found = await db[COLLECTION].find(query, {"buildings": 1}).to_list()
    return {grid["_id"]: grid["buildings"] for grid in found}


async def holding(
    db: Database, buildings: Sequence[str], *, tx: Transaction | None = None
) -> list[Grid]:
    """Grids that have one of these buildings. Served by index `building`."""
    cursor = db[COLLECTION].find({"buildings": {"$in": list(buildings)}}, session=tx)
    return msgspec.convert(await cursor.to_list(), list[Grid])


async def page(db: Database, community: str, query: GridsQuery) -> Page[Grid]:
    """Grids of a community. Served by the indexes `kind`, `kind_time` and `building`."""
    where: Document = {"kind": Kind.GRID, "_id": {**under(community), "$gt": community}}
    if query.building is not None:
        where["buildings"] = query.building
    if query.has_buildings is not None:
        where["buildings.0"] = {"$exists": query.has_buildings}
    return await store.ORDERS[query.sort].page(db[COLLECTION], Grid, where, query)


async def change(db: Database, tx: Transaction, path: str, change: GridChange) -> None:
    """Write a grid's buildings and what was said about it."""
    kept = {"$each": [to_document(change)], "$slice": -KEPT_CHANGES}
    update = {"$set": {"buildings": change.buildings}, "$push": {"history": kept}}
    await db[COLLECTION].update_one({"_id": path}, update, session=tx)
