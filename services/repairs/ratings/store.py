"""Store of ratings of repairs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes.repair_ratings import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, ListQuery, Page, chosen
from services.kernel.paths import under
from services.repairs.ratings.models import Rating, RatingsQuery

EARLIEST: Final = Keyset(Key())
NEWEST: Final = Keyset(Key("rated_at", ascending=False, kind=datetime), Key(ascending=False))


async def insert(db: Database, tx: Transaction, rating: Rating) -> None:
    """DuplicateKeyError when the person has rated the repair: unique index `repair`."""
    await db[COLLECTION].insert_one(to_document(rating), session=tx)


async def find(db: Database, tx: Transaction, rating_id: str) -> Rating | None:
    document = await db[COLLECTION].find_one({"_id": rating_id}, session=tx)
    return msgspec.convert(document, Rating | None)


async def of_rater(
    db: Database, tx: Transaction, repair_id: str, person_id: str
) -> Rating | None:
    """Return what somebody gave a repair. Served by index `repair`."""
    query = {"repair": repair_id, "person": person_id}
    document = await db[COLLECTION].find_one(query, session=tx)
    return msgspec.convert(document, Rating | None)


async def rated_by(db: Database, person_id: str, repair_ids: Sequence[str]) -> set[str]:
    """Return which of some repairs somebody has rated. Served by index `repair`."""
    query = {"repair": {"$in": list(repair_ids)}, "person": person_id}
    cursor = db[COLLECTION].find(query, {"repair": 1}, hint="repair")
    return {document["repair"] for document in await cursor.to_list()}


async def of_repairs(
    db: Database, repair_ids: Sequence[str], *, tx: Transaction | None = None
) -> list[Rating]:
    """Ratings of some repairs, in any order. Served by index `of_repair`."""
    query = {"repair": {"$in": list(repair_ids)}}
    cursor = db[COLLECTION].find(query, hint="of_repair", session=tx)
    return msgspec.convert(await cursor.to_list(), list[Rating])


async def of_repair(
    db: Database, repair_id: str, query: ListQuery, *, person: str | None
) -> Page[Rating]:
    """Ratings of a repair, the earliest first, of one person or all. By index `of_repair`."""
    where: Document = {"repair": repair_id} | ({"person": person} if person else {})
    return await EARLIEST.page(db[COLLECTION], Rating, where, query, hint="of_repair")


async def answer(
    db: Database, tx: Transaction, rating: Rating, sealed: str, by: str, at: datetime
) -> bool:
    """Keep the answer to a rating; False when it has one."""
    key: Document = {"_id": rating.id, "answered_at": None}
    change: Document = {"answer_sealed": sealed, "answered_by": by, "answered_at": at}
    done = await db[COLLECTION].update_one(key, {"$set": change}, session=tx)
    return done.matched_count == 1


async def page(db: Database, place: str, query: RatingsQuery) -> Page[Rating]:
    """Ratings under a place, newest first. Served by the indexes `place` and `newest`."""
    where: Document = {"place": under(place), **chosen(query, "is_bad")}
    if query.is_answered is not None:
        where["answered_at"] = {"$ne": None} if query.is_answered else None
    return await NEWEST.page(db[COLLECTION], Rating, where, query)


# Erasure


async def of_person(db: Database, tx: Transaction, person_id: str, *, limit: int) -> list[str]:
    """Ids of what somebody gave. Served by index `person`."""
    cursor = db[COLLECTION].find({"person": person_id}, {"_id": 1}, session=tx).limit(limit)
    return [document["_id"] for document in await cursor.to_list()]


async def blank(db: Database, tx: Transaction, rating_ids: Sequence[str]) -> None:
    """Remove who gave ratings, and their words; the marks stay."""
    empty: Document = {"person": None, "words_sealed": "", "answer_sealed": ""}
    if rating_ids:
        query = {"_id": {"$in": list(rating_ids)}}
        await db[COLLECTION].update_many(query, {"$set": empty}, session=tx)
