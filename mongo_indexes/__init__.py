"""Collections of the database: name, indexes, validator and shard key, one module each.

`FILLS` of a module: field → the expression that gives it to documents written before it was.

`python -m mongo_indexes plan|apply|check|drop-unknown --uri …` shows, makes, verifies or tidies
them.
"""

import hashlib
import importlib
import pkgutil
from collections.abc import Mapping
from types import ModuleType
from typing import Any, Final

import bson
from pymongo import IndexModel
from pymongo.asynchronous.database import AsyncDatabase

Database = AsyncDatabase[dict[str, Any]]

ALL: Final[list[ModuleType]] = [
    importlib.import_module(f"{__name__}.{found.name}")
    for found in pkgutil.iter_modules(__path__)
    if not found.name.startswith("_")
]


async def plan(db: Database) -> list[str]:
    """Return, line by line, what `apply` would do."""
    existing = set(await db.list_collection_names())
    lines: list[str] = []
    for module in ALL:
        name: str = module.COLLECTION
        if name not in existing:
            lines.append(f"create collection {name}")
        have = await db[name].index_information() if name in existing else {}
        lines += [f"create index {name}.{i}" for i in index_names(module) if i not in have]
        lines += [
            f"create field {name}.{field}"
            for field in fills(module)
            if await db[name].find_one({field: None}, {"_id": 1})
        ]
        lines += [f"unknown index {name}.{i} (left alone)" for i in unknown(module, have)]
    return lines


async def apply(db: Database) -> None:
    """Create what is missing and renew what is written otherwise; never drop. Safe to repeat.

    Of a collection that is as written here nothing is asked but its indexes. One of the same
    name that is defined otherwise is the database's to refuse.
    """
    there = {found["name"]: found["options"] async for found in await db.list_collections()}
    for module in ALL:
        await _apply(db, module, there.get(module.COLLECTION))


async def _apply(db: Database, module: ModuleType, options: dict[str, Any] | None) -> None:
    """Apply a module to its collection with these options; None: there is none yet."""
    collection, validator = db[module.COLLECTION], validator_of(module)
    if options is None:
        await db.create_collection(module.COLLECTION, validator=validator)
    have = await collection.index_information() if options is not None else {}
    is_changed = options is not None and options.get("validator") != validator
    is_lacking = any(not is_written_so(each, have) for each in module.INDEXES)
    if module.INDEXES and (is_changed or is_lacking):
        await collection.create_indexes(module.INDEXES)
    if is_changed:  # noted after the indexes are made: those that could not be are tried again
        await db.command("collMod", module.COLLECTION, validator=validator)
    for field, expression in fills(module).items():
        await collection.update_many({field: None}, [{"$set": {field: expression}}])


async def check(db: Database) -> list[str]:
    """Return what the running database lacks; empty when it is as written here."""
    return [line for line in await plan(db) if line.startswith("create")]


async def drop_unknown(db: Database) -> list[str]:
    """Drop the indexes that are not written here; return, line by line, what was dropped.

    Raises Incomplete and drops nothing while something is lacking: the code that runs may
    still need what it had before.
    """
    if lacking := await check(db):
        raise Incomplete(lacking)
    there, lines = await db.list_collection_names(), []
    for module in ALL:
        name: str = module.COLLECTION
        have = await db[name].index_information() if name in there else {}
        for index in unknown(module, have):
            await db[name].drop_index(index)
            lines.append(f"dropped index {name}.{index}")
    return lines


class Incomplete(Exception):
    """The database is not as it is written here. `lacking`: what `check` says."""

    def __init__(self, lacking: list[str]) -> None:
        super().__init__(f"{len(lacking)} things are lacking")
        self.lacking = lacking


def unknown(module: ModuleType, have: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the indexes of a collection that are not written here, of those it has.

    That of its shard key is MongoDB's own: made when the collection was sharded.
    """
    written, shard_key = {"_id_", *index_names(module)}, module.SHARD_KEY
    return [
        name
        for name, found in have.items()
        if name not in written and dict(found["key"]) != shard_key
    ]


def validator_of(module: ModuleType) -> dict[str, Any]:
    """Return the validator of a collection, which notes how its indexes are defined.

    The database keeps it, and tells those of all collections in one answer.
    """
    definitions = {"indexes": [model.document for model in module.INDEXES]}
    digest = hashlib.sha256(bson.encode(definitions)).hexdigest()
    return {"$jsonSchema": module.VALIDATOR, "$comment": f"indexes: {digest}"}


def is_written_so(model: IndexModel, have: Mapping[str, Mapping[str, Any]]) -> bool:
    """Tell whether an index is there as it is written, of those that a database tells."""
    found = have.get(model.document["name"], {})
    there = {name: value for name, value in found.items() if name != "v"}  # of its format
    written = {name: value for name, value in model.document.items() if name != "name"}
    written["key"] = [*written["key"].items()]
    # As the database keeps them: instants without a zone, for one.
    return bson.decode(bson.encode(written)) == bson.decode(bson.encode(there))


def fills(module: ModuleType) -> dict[str, Any]:
    found: dict[str, Any] = getattr(module, "FILLS", {})
    return found


def index_names(module: ModuleType) -> list[str]:
    models: list[IndexModel] = module.INDEXES
    return [model.document["name"] for model in models]
