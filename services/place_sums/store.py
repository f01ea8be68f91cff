"""Store of the kept sums of places: rows by place and month, and changes not yet added.

A change of a home that others change too is kept under the home's name: two at once of one home
collide there, and nowhere else.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from pymongo import InsertOne, UpdateOne

from mongo_indexes.place_sums import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, random_id
from services.kernel.paths import under
from services.kernel.sums import WHOLE, Cells
from services.place_sums.models import Pending, Wanted

RUNG: Final = "depth"  # segments of a row's path


def _cells(document: Document) -> Cells:
    """Return the cells of a row, which has one month, or of a change, whose names have each."""
    cells: Cells = Counter()
    for name, amount in document.get("cells", {}).items():
        if "month" in document:
            cells[document["month"], name] = amount
        else:
            month, _, cell = name.partition("|")
            cells[month, cell] = amount
    return cells


async def change(
    db: Database, tx: Transaction, source: str, changes: Mapping[str, Cells]
) -> None:
    """Write changes of homes into a document of each: who writes one at once begins again."""
    writes = [
        UpdateOne(
            {"_id": f"{source}|{home}"},
            {
                "$inc": {"holds": 1, **{f"cells.{each}": n for each, n in _named(cells)}},
                "$set": {"source": source, "place": home, "pending": True, "kept": True},
            },
            upsert=True,
        )
        for home, cells in sorted(changes.items())
    ]
    await db[COLLECTION].bulk_write(writes, ordered=False, session=tx)


async def append(
    db: Database, tx: Transaction, source: str, changes: Mapping[str, Cells]
) -> None:
    """Write changes of places as documents of their own, which collide with nothing."""
    writes = [
        InsertOne(
            {
                "_id": f"{source}|{random_id()}",
                "source": source,
                "place": place,
                "pending": True,
                "kept": False,
                "cells": dict(_named(cells)),
            }
        )
        for place, cells in sorted(changes.items())
    ]
    await db[COLLECTION].bulk_write(writes, ordered=False, session=tx)


def _named(cells: Cells) -> Iterator[tuple[str, int]]:
    """Yield the names of a change's cells, with their months, and how much."""
    return ((f"{month}|{name}", amount) for (month, name), amount in cells.items())


async def hold(db: Database, tx: Transaction, source: str, city: str) -> None:
    """Lock the rows of a city: of two that add to them at once, the later begins again."""
    key, change = {"_id": f"hold|{source}|{city}"}, {"$inc": {"holds": 1}}
    await db[COLLECTION].update_one(key, change, upsert=True, session=tx)


async def next_pending(db: Database, source: str, after: str = "") -> str | None:
    """Return the next place of which a change is not yet added. Served by index `pending`."""
    query = {"source": source, "pending": True, "place": {"$gt": after}}
    found = await db[COLLECTION].find_one(query, {"place": 1}, sort=[("place", 1)])
    return found["place"] if found else None


async def pending(
    db: Database, tx: Transaction, source: str, place: str, *, limit: int
) -> list[Pending]:
    """Return changes under a place that are not yet added. Served by index `pending`."""
    query = {"source": source, "pending": True, "place": under(place)}
    cursor = db[COLLECTION].find(query, session=tx).sort("place", 1).limit(limit)
    return [
        Pending(id=row["_id"], place=row["place"], kept=row["kept"], cells=_cells(row))
        for row in await cursor.to_list()
    ]


async def clear(db: Database, tx: Transaction, added: Iterable[Pending]) -> None:
    """Note that changes are added."""
    ids: dict[bool, list[str]] = {True: [], False: []}
    for each in added:
        ids[each.kept].append(each.id)
    cleared = {"$set": {"pending": False, "cells": {}}, "$inc": {"holds": 1}}
    if ids[True]:
        await db[COLLECTION].update_many({"_id": {"$in": ids[True]}}, cleared, session=tx)
    if ids[False]:
        await db[COLLECTION].delete_many({"_id": {"$in": ids[False]}}, session=tx)


async def add(db: Database, tx: Transaction, source: str, changes: Mapping[str, Cells]) -> None:
    """Add changes to the rows of places."""
    writes = [
        UpdateOne(
            {"_id": f"{source}|{place}|{month}"},
            {
                "$inc": {f"cells.{name}": amount for name, amount in cells.items()},
                "$setOnInsert": {
                    "source": source,
                    RUNG: place.count(".") + 1,
                    "place": place,
                    "month": month,
                },
            },
            upsert=True,
        )
        for place, whole in sorted(changes.items())
        for month, cells in sorted(_by_month(whole).items())
    ]
    if writes:
        await db[COLLECTION].bulk_write(writes, ordered=False, session=tx)


def _by_month(cells: Cells) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (month, name), amount in cells.items():
        if amount:
            found.setdefault(month, {})[name] = amount
    return found


async def rows(
    db: Database, tx: Transaction, source: str, place: str, *, depth: int
) -> dict[str, Cells]:
    """Return part → its sums, of the parts of a place on one rung. Served by index `part`."""
    query = {"source": source, RUNG: depth, "place": under(place)}
    found: dict[str, Cells] = {}
    async for row in db[COLLECTION].find(query, hint="part", session=tx):
        found.setdefault(row["place"], Counter()).update(_cells(row))
    return found


async def next_row(
    db: Database, source: str, after: str, *, depth: int, tx: Transaction | None = None
) -> str | None:
    """Return the next place of a rung that has a row, by path. Served by index `part`."""
    query = {"source": source, RUNG: depth, "place": {"$gt": after}}
    found = await db[COLLECTION].find_one(
        query, {"place": 1}, sort=[("place", 1)], hint="part", session=tx
    )
    return found["place"] if found else None


async def read(
    db: Database, source: str, parts: Sequence[tuple[str, int]], wanted: Wanted
) -> list[tuple[str, Cells]] | None:
    """Return (place, sums) of rows, and of what is not yet added to them.

    None before the source is complete. In one snapshot: of what is added meanwhile, all or
    nothing is seen. `parts`: places, and the rung of their parts. By `part` and `pending`.
    """
    months: list[object] = [{"$gte": wanted.first, "$lte": wanted.last}]
    either: list[Document] = [{"_id": complete_id(source)}]
    for place, depth in parts:
        at: Document = {"source": source, RUNG: depth, "place": under(place)}
        either += [{**at, "month": each} for each in [*months, *([WHOLE] * wanted.whole)]]
        either.append({"source": source, "pending": True, "place": under(place)})
    query, fields = {"$or": either}, {"place": 1, "month": 1, "pending": 1, "cells": 1}
    async with db.client.start_session(snapshot=True) as session:
        found = await db[COLLECTION].find(query, fields, session=session).to_list()
    if not any(row["_id"] == complete_id(source) for row in found):
        return None
    return [(row["place"], _within(row, wanted)) for row in found if "place" in row]


def _within(row: Document, wanted: Wanted) -> Cells:
    """Return the cells of a row in the months that are wanted."""
    cells = _cells(row)
    if "pending" not in row:
        return cells
    kept = (
        (cell, amount)
        for cell, amount in cells.items()
        if wanted.first <= cell[0] <= wanted.last or (wanted.whole and cell[0] == WHOLE)
    )
    return Counter(dict(kept))


def complete_id(source: str) -> str:
    return f"complete|{source}"


async def is_complete(db: Database, source: str) -> bool:
    note = await db[COLLECTION].find_one({"_id": complete_id(source)}, {"_id": 1})
    return note is not None


async def set_complete(db: Database, source: str, at: datetime) -> None:
    key = {"_id": complete_id(source)}
    await db[COLLECTION].update_one(key, {"$set": {"at": at}}, upsert=True)


async def progress(db: Database, source: str) -> str:
    """Return the last unit of a source that was counted; "" at the beginning."""
    found = await db[COLLECTION].find_one({"_id": f"progress|{source}"})
    return found["after"] if found else ""


async def set_progress(db: Database, source: str, after: str) -> None:
    key = {"_id": f"progress|{source}"}
    await db[COLLECTION].update_one(key, {"$set": {"after": after}}, upsert=True)
