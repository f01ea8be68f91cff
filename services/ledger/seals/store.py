"""Store of seals: they are inserted here and never changed or removed."""

from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec

from mongo_indexes.journal_seals import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.chains import START
from services.kernel.days import Day
from services.kernel.documents import Document, to_document
from services.ledger.seals.models import CITY, Seal

AT_ONCE: Final = 200


async def insert(db: Database, tx: Transaction, seal: Seal) -> None:
    """Raise DuplicateKeyError when the place has a seal of this number."""
    await db[COLLECTION].insert_one(to_document(seal), session=tx)


async def find_last(db: Database, tx: Transaction, place: str) -> Seal | None:
    """Return the end of a place's chain. Served by `chain`."""
    cursor = db[COLLECTION].find({"place": place}, session=tx).sort("number", -1).limit(1)
    found = await cursor.to_list()
    return msgspec.convert(found[0], Seal) if found else None


async def find(db: Database, place: str, number: int) -> Document | None:
    """Return a seal as it is kept. Served by `chain`."""
    return await db[COLLECTION].find_one({"place": place, "number": number})


async def is_newest(
    db: Database, tx: Transaction, place: str, day: Day, former: Seal | None
) -> bool:
    """Tell whether a seal, or none, is a place's newest of a day. Served by `day`."""
    query = {"day": day, "place": place}
    cursor = db[COLLECTION].find(query, {"number": 1}, session=tx).sort("number", -1).limit(1)
    found = [row["number"] for row in await cursor.to_list()]
    return found == ([former.number] if former else [])


async def of_day(db: Database, day: Day) -> AsyncIterator[Document]:
    """A day's seals as they are kept, by place and number. Served by `day`."""
    cursor = db[COLLECTION].find({"day": day})
    async for document in cursor.sort([("place", 1), ("number", 1)]).batch_size(AT_ONCE):
        yield document


async def hashes(db: Database, day: Day) -> AsyncIterator[tuple[str, str]]:
    """(id, hash) of a day's seals but the city's, by place and number. Served by `day`."""
    query = {"day": day, "place": {"$gt": CITY}}
    cursor = db[COLLECTION].find(query, {"hash": 1})
    async for document in cursor.sort([("place", 1), ("number", 1)]):
        yield document["_id"], str(document.get("hash", ""))


async def newest_of(db: Database, day: Day) -> dict[str, Seal]:
    """Return place → its newest seal of a day, the city's among them; without marks."""
    found: dict[str, Seal] = {}
    cursor = db[COLLECTION].find({"day": day}, {"marks": 0})
    async for document in cursor.sort([("place", 1), ("number", 1)]):
        found[document["place"]] = msgspec.convert({**document, "marks": b""}, Seal)
    return found


async def hash_before(db: Database, seal: Seal) -> str | None:
    """Return the hash of the seal before one; None when it is missing. Served by `chain`."""
    if seal.number == 1:
        return START
    query = {"place": seal.place, "number": seal.number - 1}
    found = await db[COLLECTION].find_one(query, {"hash": 1})
    return str(found.get("hash", "")) if found else None


async def journals_of(db: Database, day: Day) -> int | None:
    """Return how many journals of a day are sealed; None while it is not. Served by `day`."""
    query = {"day": day, "place": CITY}
    cursor = db[COLLECTION].find(query, {"journals": 1}).sort("number", -1).limit(1)
    found = await cursor.to_list()
    return int(found[0]["journals"]) if found else None


async def last_of_city(db: Database) -> Document | None:
    """Return the city's newest seal, as it is kept. Served by `chain`."""
    found = await db[COLLECTION].find({"place": CITY}).sort("number", -1).limit(1).to_list()
    return found[0] if found else None


async def last_day(db: Database) -> Day | None:
    """Return the newest day that the city has sealed. Served by `day`."""
    query = {"day": {"$gt": ""}, "place": CITY}
    cursor = db[COLLECTION].find(query, {"day": 1}).sort("day", -1).limit(1)
    found = await cursor.to_list()
    return str(found[0]["day"]) if found else None


async def first_day(db: Database, since: Day) -> Day | None:
    """Return the first day that has seals, not before another. Served by `day`."""
    query: dict[str, Any] = {"day": {"$gte": since}}
    found = await db[COLLECTION].find(query, {"day": 1}).sort("day", 1).limit(1).to_list()
    return str(found[0]["day"]) if found else None
