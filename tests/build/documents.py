"""Documents of a test's database, as they are stored: taken, compared and put back."""

from asyncio import gather
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo import WriteConcern
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase

Database = AsyncDatabase[dict[str, Any]]
Documents = Mapping[str, Sequence[RawBSONDocument]]

RAW: Final = CodecOptions(document_class=RawBSONDocument)
# The product reads what the majority has: see `_read_by_all`.
SOON: Final = WriteConcern(w=1)
# Kinds of operation that can give a collection a document; findAndModify is a command.
GIVING: Final = ("insert", "update", "commands")


# Database → collection → how often it had been written when it was emptied.
_emptied: Final[dict[str, dict[str, int]]] = {}


async def taken(db: Database) -> Documents:
    """Return the documents of each collection that has any, in the order of their ids."""
    found = {
        name: await collection(db, name).find().sort("_id").to_list()
        for name in await _written(db)
    }
    return {name: rows for name, rows in found.items() if rows}


async def empty(db: Database) -> None:
    """Delete what any process wrote, for all to read when this returns."""
    if names := await _written(db):
        await gather(*(collection(db, name).delete_many({}) for name in names))
        await _read_by_all(db, names[0])
    _emptied[db.name] = await _writes(db)


async def _written(db: Database) -> list[str]:
    """Return the collections that were written since the database was emptied, by name."""
    before = _emptied.get(db.name, {})
    now = await _writes(db)
    return sorted(name for name, times in now.items() if times != before.get(name, 0))


async def _writes(db: Database) -> dict[str, int]:
    """Return how often each collection was given something, as the server counts for itself.

    To look into each collection would take ten times as long.
    """
    counted = (await db.client.admin.command("top"))["totals"]
    start = f"{db.name}."
    return {
        name.removeprefix(start): sum(times[kind]["count"] for kind in GIVING)
        for name, times in counted.items()
        if name.startswith(start)
    }


def difference(before: Documents, after: Documents) -> tuple[Documents, Documents]:
    """Return what is new and what has changed between two looks at a database."""
    was = {(name, row["_id"]): row for name, rows in before.items() for row in rows}
    new: dict[str, list[RawBSONDocument]] = {}
    changed: dict[str, list[RawBSONDocument]] = {}
    for name, rows in after.items():
        for row in rows:
            old = was.get((name, row["_id"]))
            if old is None:
                new.setdefault(name, []).append(row)
            elif old.raw != row.raw:
                changed.setdefault(name, []).append(row)
    return new, changed


async def put(db: Database, new: Documents, changed: Documents | None = None) -> None:
    """Insert documents and replace others, all readable when this returns."""
    await gather(
        *(collection(db, name).insert_many(rows) for name, rows in new.items()),
        *(
            collection(db, name).replace_one({"_id": row["_id"]}, row)
            for name, rows in (changed or {}).items()
            for row in rows
        ),
    )
    await _read_by_all(db, next(iter(new)))


async def _read_by_all(db: Database, name: str) -> None:
    """Wait until the majority has all that was written before."""
    await db[name].update_one({"_id": None}, {"$unset": {"x": ""}})


def collection(db: Database, name: str) -> AsyncCollection[RawBSONDocument]:
    return db.get_collection(name, RAW, write_concern=SOON)


def raw(documents: Documents) -> dict[str, list[bytes]]:
    """Return the bytes to compare with: equal when every field and its order are."""
    return {name: [row.raw for row in rows] for name, rows in documents.items()}
