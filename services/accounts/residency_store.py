"""Who belongs to which home: queries and writes of the residencies."""

from collections.abc import Sequence
from typing import Final

import msgspec
from pymongo import UpdateOne

from mongo_indexes import residencies
from services.accounts.models import Residency, ResidencyStep
from services.accounts.terms import active_on, not_over_on
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.kernel.paths import under

KEPT_STEPS: Final = 50


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


async def of_home(
    db: Database, home: str, day: str, tx: Transaction | None = None
) -> list[Residency]:
    """Who belongs to a home on a day or will later. Served by index `home`."""
    query = {"home": home, **not_over_on(day)}
    cursor = db[residencies.COLLECTION].find(query, session=tx)
    cursor = cursor.sort([("from_day", 1), ("_id", 1)])
    return msgspec.convert(await cursor.to_list(), list[Residency])


async def ever_of_home(db: Database, home: str, *, limit: int) -> list[Residency]:
    """Who belongs or belonged to a home, the latest first. Served by index `home`."""
    cursor = db[residencies.COLLECTION].find({"home": home})
    cursor = cursor.sort([("from_day", -1), ("_id", -1)]).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Residency])


async def unbound_under(
    db: Database, place: str, day: str, *, limit: int, tx: Transaction
) -> list[Residency]:
    """Who belongs to homes there today and is nobody who signed in. Served by `home`."""
    query = {"home": under(place), "person": None, **active_on(day)}
    cursor = db[residencies.COLLECTION].find(query, session=tx).sort("home", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Residency])


async def insert(db: Database, row: Residency, tx: Transaction) -> None:
    await db[residencies.COLLECTION].insert_one(to_document(row), session=tx)


async def change(
    db: Database, found: Residency, changes: Document, step: ResidencyStep, tx: Transaction
) -> bool:
    """Change a residency that is as it was found; False when somebody was first."""
    key = {"_id": found.id, "person": found.person, "to_day": found.to_day}
    update = {"$set": changes, "$push": {"history": _kept(step)}}
    done = await db[residencies.COLLECTION].update_one(key, update, session=tx)
    return done.matched_count == 1


async def end(
    db: Database, residency_id: str, changes: Document, step: ResidencyStep, tx: Transaction
) -> None:
    """Write the last day of a residency, and who ended it."""
    update = {"$set": changes, "$push": {"history": _kept(step)}}
    await db[residencies.COLLECTION].update_one({"_id": residency_id}, update, session=tx)


def _kept(step: ResidencyStep) -> Document:
    return {"$each": [to_document(step)], "$slice": -KEPT_STEPS}
