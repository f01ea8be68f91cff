"""Collections of the database: name, indexes, validator and shard key, one module each.

`FILLS` of a module: field → the expression that gives it to documents written before it was.

`python -m mongo_indexes plan|apply|check --uri …` shows, makes or verifies them.
"""

import importlib
import pkgutil
from types import ModuleType
from typing import Any, Final

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
        lines += [
            f"unknown index {name}.{i} (left alone)"
            for i in have
            if i not in {"_id_", *index_names(module)}
        ]
    return lines


async def apply(db: Database) -> None:
    """Create what is missing and renew validators; never drop. Safe to repeat."""
    existing = set(await db.list_collection_names())
    for module in ALL:
        validator = {"$jsonSchema": module.VALIDATOR}
        if module.COLLECTION in existing:
            await db.command("collMod", module.COLLECTION, validator=validator)
        else:
            await db.create_collection(module.COLLECTION, validator=validator)
        if module.INDEXES:
            await db[module.COLLECTION].create_indexes(module.INDEXES)
        for field, expression in fills(module).items():
            filled = [{"$set": {field: expression}}]
            await db[module.COLLECTION].update_many({field: None}, filled)


async def check(db: Database) -> list[str]:
    """Return what the running database lacks; empty when it is as written here."""
    return [line for line in await plan(db) if line.startswith("create")]


def fills(module: ModuleType) -> dict[str, Any]:
    found: dict[str, Any] = getattr(module, "FILLS", {})
    return found


def index_names(module: ModuleType) -> list[str]:
    models: list[IndexModel] = module.INDEXES
    return [model.document["name"] for model in models]
