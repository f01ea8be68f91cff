"""Collections beside those of the product, with the same indexes and validators."""

import time
from typing import Any, Final

import mongo_indexes
from bench.speed.within.site import Site

AT_ONCE: Final = 1_000
MODULES: Final[dict[str, Any]] = {module.COLLECTION: module for module in mongo_indexes.ALL}


async def create(site: Site, name: str) -> Any:
    """Return an empty collection like that of this name."""
    module, db = MODULES[name], site.deps.db
    await db.drop_collection(f"raw_{name}")
    raw = await db.create_collection(f"raw_{name}", validator={"$jsonSchema": module.VALIDATOR})
    if module.INDEXES:
        await raw.create_indexes(module.INDEXES)
    return raw


async def insert_again(site: Site, *, name: str, where: dict[str, Any]) -> float:
    """Insert documents of the product once more, in thousands; return the seconds of that."""
    raw, seconds = await create(site, name), 0.0
    batch: list[dict[str, Any]] = []
    async for document in site.deps.db[name].find(where):
        batch.append(document)
        if len(batch) == AT_ONCE:
            seconds += await insert(raw, batch)
            batch = []
    seconds += await insert(raw, batch)
    await raw.drop()
    return seconds


async def insert(raw: Any, batch: list[dict[str, Any]]) -> float:
    if not batch:
        return 0.0
    began = time.perf_counter()
    await raw.insert_many(batch, ordered=False)
    return time.perf_counter() - began
