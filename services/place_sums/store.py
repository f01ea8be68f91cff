"""Store of the kept sums of places: rows by place and month, and changes not yet added."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from pymongo import UpdateOne

from mongo_indexes.place_sums import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel import unions
from services.kernel.bulk import insert_all
from services.kernel.documents import Document, random_id
from services.kernel.paths import outermost, under
from services.kernel.sums import WHOLE, Cell, Cells, Change, Moved
from services.kernel.unions import Part
from services.place_sums.models import Asked, Pending

RUNG: Final = "depth"  # segments of a row's path
FIELDS: Final = {"place": 1, "month": 1, "cells": 1}


async def insert_changes(
    db: Database, tx: Transaction, source: str, changes: Mapping[str, Change]
) -> None:
    """Write changes of units as documents of their own, which collide with nothing."""
    documents = [
        {
            "_id": f"{source}|{random_id()}",
            "source": source,
            "place": place,
            "pending": True,
            "cells": {f"{month}|{name}": n for (month, name), n in change.cells.items() if n},
            "members": list(_alike(change.members)),
        }
        for place, change in sorted(changes.items())
    ]
    await insert_all(tx, db[COLLECTION], documents)


def _alike(members: Mapping[str, Moved]) -> Iterator[Document]:
    """Yield what moved once for all members of which the same did, as in a run of bills."""
    found: dict[tuple[tuple[str, int], ...], list[str]] = {}
    for member, moved in sorted(members.items()):
        found.setdefault(tuple(sorted(moved.items())), []).append(member)
    return ({"of": alike, "moved": dict(moved)} for moved, alike in found.items())


def _pending(document: Document) -> Pending:
    cells: dict[Cell, int] = {}
    for name, amount in document["cells"].items():
        month, _, cell = name.partition("|")
        cells[month, cell] = amount
    members: dict[str, Moved] = {}
    for each in document.get("members", ()):
        members |= dict.fromkeys(each["of"], each["moved"])
    change = Change(cells=cells, members=members)
    return Pending(id=document["_id"], place=document["place"], change=change)


def _row(document: Document) -> tuple[str, Cells]:
    month = document["month"]
    named = document.get("cells", {}).items()
    return document["place"], Counter({(month, name): amount for name, amount in named})


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
    """Return the first changes under a place that are not yet added, by place.

    All of a place or none: those of one home count together. Served by index `pending`.
    """
    query: Document = {"source": source, "pending": True, "place": under(place)}
    cursor = db[COLLECTION].find(query, session=tx).sort("place", 1).limit(limit)
    found = await cursor.to_list()
    if len(found) == limit:
        last = found[-1]["place"]
        found = [row for row in found if row["place"] != last]
        if not found:
            cursor = db[COLLECTION].find({**query, "place": last}, session=tx)
            found = await cursor.to_list()
    return [_pending(row) for row in found]


async def clear(db: Database, tx: Transaction, added: Iterable[Pending]) -> None:
    """Remove changes that are added."""
    ids = [each.id for each in added]
    await db[COLLECTION].delete_many({"_id": {"$in": ids}}, session=tx)


async def clear_under(db: Database, tx: Transaction, source: str, place: str) -> None:
    """Remove all changes under a place: they are counted otherwise. By index `pending`."""
    query = {"source": source, "pending": True, "place": under(place)}
    await db[COLLECTION].delete_many(query, session=tx, hint="pending")


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
    async for document in db[COLLECTION].find(query, hint="part", session=tx):
        part, cells = _row(document)
        found.setdefault(part, Counter()).update(cells)
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
    db: Database, session: Transaction, asked: Sequence[Asked]
) -> tuple[list[list[tuple[str, Cells]]], dict[str, list[Pending]]]:
    """Return the (place, sums) of rows for each that is asked for, and what is to be added.

    The latter by source, of all places that are asked for. One round trip, in which each part
    is served by index `part` or `pending`.
    """
    rows = [_rows_part(each) for each in asked]
    places: dict[str, list[str]] = {}
    for each in asked:
        places.setdefault(each.source, []).extend(each.places)
    waiting = {source: _pending_part(source, under_it) for source, under_it in places.items()}
    found = await unions.read(db, [*rows, *waiting.values()], session=session)
    return (
        [[_row(document) for document in found.of(part)] for part in rows],
        {
            source: [_pending(document) for document in found.of(part)]
            for source, part in waiting.items()
        },
    )


def _rows_part(asked: Asked) -> Part[Document]:
    wanted = asked.wanted
    months: list[object] = [{"$gte": wanted.first, "$lte": wanted.last}]
    either = [
        {"source": asked.source, RUNG: depth, "place": under(place), "month": month}
        for place, depth in asked.rungs()
        for month in [*months, *([WHOLE] * wanted.whole)]
    ]
    return Part(COLLECTION, Document, {"$or": either}, [{"$project": FIELDS}])


def _pending_part(source: str, places: Sequence[str]) -> Part[Document]:
    either = [
        {"source": source, "pending": True, "place": under(place)}
        for place in outermost(places)
    ]
    return Part(COLLECTION, Document, {"$or": either})


def complete_id(source: str) -> str:
    return f"complete|{source}"


async def complete(
    db: Database, sources: Iterable[str], *, session: Transaction | None = None
) -> set[str]:
    """Return those of some sources that are complete."""
    ids = {complete_id(source): source for source in sources}
    query = {"_id": {"$in": list(ids)}}
    notes = await db[COLLECTION].find(query, {"_id": 1}, session=session).to_list()
    return {ids[note["_id"]] for note in notes}


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
