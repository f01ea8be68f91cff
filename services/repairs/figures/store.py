"""Store of the kept figures of repairs: a document for each place, month and cell."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pymongo import DeleteOne, ReplaceOne

from mongo_indexes import repair_rollups
from mongo_indexes.repair_figures import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import Document
from services.kernel.paths import ancestors, parent, under
from services.repairs.figures.arithmetic import Sums
from services.repairs.figures.models import By, Cell


async def hold(db: Database, tx: Transaction, place: str, month: str) -> None:
    """Lock a month of a city: of two that count in it at once, the later begins again."""
    key, change = {"_id": f"{ancestors(place)[0]}|{month}"}, {"$inc": {"holds": 1}}
    await db[COLLECTION].update_one(key, change, upsert=True, session=tx)


async def of_month(db: Database, tx: Transaction, place: str, month: str) -> dict[Cell, Sums]:
    """Return what is kept of a place and month. Served by index `place`."""
    query = {"place": place, "month": month}
    cursor = db[COLLECTION].find(query, hint="place", session=tx)
    return {_cell(each): Sums.of_kept(each) async for each in cursor}


async def of_cells(
    db: Database, tx: Transaction, places: Sequence[str], month: str, cells: Collection[Cell]
) -> dict[tuple[str, Cell], Sums]:
    """Return some cells of some places in a month, those that are kept; by their ids."""
    ids = [_id(place, month, cell) for place in places for cell in cells]
    cursor = db[COLLECTION].find({"_id": {"$in": ids}}, session=tx)
    return {(each["place"], _cell(each)): Sums.of_kept(each) async for each in cursor}


async def below(db: Database, tx: Transaction, place: str, month: str) -> dict[Cell, Sums]:
    """Return what is kept directly below a place, together. Served by index `parent`."""
    query = {"parent": place, "month": month}
    found: dict[Cell, Sums] = {}
    async for each in db[COLLECTION].find(query, hint="parent", session=tx):
        found.setdefault(_cell(each), Sums()).add(Sums.of_kept(each))
    return found


def _cell(document: Document) -> Cell:
    return Cell(By(document["by"]), document["key"], document["few"])


def _id(place: str, month: str, cell: Cell) -> str:
    return "|".join((place, month, cell.by, cell.key, "few" if cell.few else ""))


async def put(
    db: Database, tx: Transaction, month: str, sums: Mapping[tuple[str, Cell], Sums]
) -> None:
    """Write cells of places in a month in place of those there were; none without repairs."""
    writes: list[ReplaceOne[Document] | DeleteOne] = []
    for (place, cell), each in sums.items():
        key = {"_id": _id(place, month, cell)}
        if each.counts:
            names: Document = {"place": place, "parent": parent(place), "month": month}
            document = {**key, **names, **cell._asdict(), **each.kept()}
            writes.append(ReplaceOne(key, document, upsert=True))
        else:
            writes.append(DeleteOne(key))
    if writes:
        await db[COLLECTION].bulk_write(writes, ordered=False, session=tx)


async def kept(db: Database) -> list[tuple[str, str]]:
    """Return place and month of all that is kept. Served by index `place` alone."""
    stages: list[Document] = [
        {"$match": {"place": {"$gt": ""}}},
        {"$group": {"_id": {"place": "$place", "month": "$month"}}},
    ]
    cursor = await db[COLLECTION].aggregate(stages, hint="place")
    return [(each["_id"]["place"], each["_id"]["month"]) async for each in cursor]


async def read(db: Database, where: Document, below: str, *, most: int) -> list[Document]:
    """Return the documents of a condition, so many at most; and one of the earlier shape.

    `below`: the place of which there is no such one once all is counted; it has a `compound`.
    In one query, so that all figures are of one moment, whatever is counted meanwhile.
    """
    fields = {"place": 1, "month": 1, "key": 1, "counts": 1, "times": 1}
    earlier: list[Document] = [
        {"$match": {"compound": under(below)}},
        {"$limit": 1},
        {"$project": {"compound": 1}},
    ]
    stages: list[Document] = [
        {"$match": where},
        {"$limit": most},
        {"$project": fields},
        {"$unionWith": {"coll": repair_rollups.COLLECTION, "pipeline": earlier}},
    ]
    index = "parent" if "parent" in where else "place"
    cursor = await db[COLLECTION].aggregate(stages, hint=index, batchSize=most)
    return await cursor.to_list()


# Those of the earlier shape


async def earlier(db: Database, *, limit: int) -> list[tuple[str, str]]:
    """Return compound and month of some that are kept as before. Served by index `compound`."""
    fields: dict[str, Any] = {"compound": 1, "month": 1}
    rollups = db[repair_rollups.COLLECTION]
    cursor = rollups.find({"compound": {"$gt": ""}}, fields, hint="compound").limit(limit)
    return [(each["compound"], each["month"]) for each in await cursor.to_list()]


async def drop_earlier(db: Database, tx: Transaction, compound: str, month: str) -> None:
    """Remove what was kept of a compound and month before. Served by index `compound`."""
    query = {"compound": compound, "month": month}
    await db[repair_rollups.COLLECTION].delete_many(query, session=tx)
