"""Documents of a test's database, as they are stored: taken, compared and put back."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo import WriteConcern
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase

import mongo_indexes

Database = AsyncDatabase[dict[str, Any]]
Documents = Mapping[str, Sequence[RawBSONDocument]]

RAW: Final = CodecOptions(document_class=RawBSONDocument)
# The product reads what the majority has: the last write of `put` waits for all before it.
SOON: Final = WriteConcern(w=1)


async def taken(db: Database) -> Documents:
    """Return the documents of each collection that has any, in the order of their ids."""
    return {
        name: await collection(db, name).find().sort("_id").to_list()
        for name in await filled(db)
    }


async def filled(db: Database) -> list[str]:
    """Return the collections that hold something, by name, asking once for all of them."""
    first, *others = (module.COLLECTION for module in mongo_indexes.ALL)
    rest = [{"$unionWith": {"coll": name, "pipeline": _holds(name)}} for name in others]
    cursor = await db[first].aggregate([*_holds(first), *rest])
    return sorted([row["name"] async for row in cursor])


def _holds(name: str) -> list[dict[str, Any]]:
    """Return the stages that give the collection's name when it has a document."""
    return [{"$limit": 1}, {"$project": {"_id": 0, "name": {"$literal": name}}}]


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
    for name, rows in new.items():
        await collection(db, name).insert_many(rows)
    for name, rows in (changed or {}).items():
        for row in rows:
            await collection(db, name).replace_one({"_id": row["_id"]}, row)
    await db[next(iter(new))].update_one({"_id": None}, {"$unset": {"x": ""}})


def collection(db: Database, name: str) -> AsyncCollection[RawBSONDocument]:
    return db.get_collection(name, RAW, write_concern=SOON)


def raw(documents: Documents) -> dict[str, list[bytes]]:
    """Return the bytes to compare with: equal when every field and its order are."""
    return {name: [row.raw for row in rows] for name, rows in documents.items()}
