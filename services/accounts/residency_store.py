"""Who belongs to which home: queries and writes of the residencies."""

from collections.abc import Sequence

import msgspec
from pymongo import UpdateOne

from mongo_indexes import residencies
from services.accounts.models import Residency
from services.accounts.terms import active_on
from services.dependencies import Database, Transaction
from services.documents import to_document
from services.paths import under


async def residencies_of(db: Database, person_id: str, day: str) -> list[Residency]:
    """Homes a person belongs to today. Served by index `person`."""
    query = {"person": person_id, **active_on(day)}
    cursor = db[residencies.COLLECTION].find(query).sort("home", 1)
    return msgspec.convert(await cursor.to_list(), list[Residency])


async def residents_of(db: Database, homes: Sequence[str], day: str) -> list[Residency]:
    """Who belongs to these homes today, homes in order. Served by index `home`."""
    query = {"home": {"$in": list(homes)}, **active_on(day)}
    cursor = db[residencies.COLLECTION].find(query).sort("home", 1)
    return msgspec.convert(await cursor.to_list(), list[Residency])


async def any_bound_under(db: Database, place: str) -> bool:
    """Tell whether somebody has been bound to a home there. Served by index `home`."""
    query = {"home": under(place), "person": {"$type": "string"}}
    return await db[residencies.COLLECTION].find_one(query, {"_id": 1}) is not None


async def put_residencies(db: Database, rows: Sequence[Residency], tx: Transaction) -> None:
    """Insert rows of the register; those that are there already stay as they are."""
    if not rows:
        return
    writes = []
    for row in rows:
        document = to_document(row)
        key = {"_id": document.pop("_id")}
        writes.append(UpdateOne(key, {"$setOnInsert": document}, upsert=True))
    await db[residencies.COLLECTION].bulk_write(writes, ordered=False, session=tx)


async def delete_residencies_from(
    db: Database, source: str, homes: Sequence[str], tx: Transaction
) -> None:
    query = {"home": {"$in": list(homes)}, "source": source}
    await db[residencies.COLLECTION].delete_many(query, session=tx)


async def bound_homes(db: Database, homes: Sequence[str], tx: Transaction) -> set[str]:
    """Return those of the homes that somebody is bound to. Served by index `home`."""
    query = {"home": {"$in": list(homes)}, "person": {"$type": "string"}}
    cursor = db[residencies.COLLECTION].find(query, {"home": 1}, session=tx)
    return {document["home"] for document in await cursor.to_list()}


async def any_bound_from(db: Database, source: str, place: str) -> bool:
    """Tell whether somebody was bound by what one import wrote. Served by index `home`."""
    query = {"home": under(place), "source": source, "person": {"$type": "string"}}
    return await db[residencies.COLLECTION].find_one(query, {"_id": 1}) is not None


async def find_residency(
    db: Database, residency_id: str, tx: Transaction | None = None
) -> Residency | None:
    document = await db[residencies.COLLECTION].find_one({"_id": residency_id}, session=tx)
    return msgspec.convert(document, Residency | None)
