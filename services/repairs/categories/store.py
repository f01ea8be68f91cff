"""Store of categories of repairs. A city that changed none of the catalogue has no rows."""

from collections.abc import Collection, Sequence

import msgspec

from mongo_indexes.repair_categories import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.bulk import insert_all
from services.kernel.documents import to_document
from services.repairs.categories.models import Category


async def of_cities(
    db: Database, cities: Collection[str], *, tx: Transaction | None = None
) -> list[Category]:
    """All categories of cities, ended ones too. Served by index `code`."""
    query = {"place": {"$in": sorted(cities)}}
    found = await db[COLLECTION].find(query, session=tx).to_list()
    return msgspec.convert(found, list[Category])


async def insert_many(db: Database, tx: Transaction, categories: Sequence[Category]) -> None:
    await insert_all(tx, db[COLLECTION], [to_document(category) for category in categories])


async def replace(db: Database, tx: Transaction, category: Category) -> bool:
    """Write a category anew; False unless it was in the version before."""
    key = {"_id": category.id, "version": category.version - 1}
    done = await db[COLLECTION].replace_one(key, to_document(category), session=tx)
    return done.matched_count == 1
