"""Store of reviews of bad ratings. Steps are written by the engine (services/cases)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes.repair_reviews import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under
from services.repairs.reviews.models import Review, ReviewsQuery
from services.repairs.reviews.states import ReviewState

NEWEST: Final = Keyset(Key("created_at", ascending=False, kind=datetime), Key(ascending=False))


async def insert(db: Database, tx: Transaction, review: Review) -> None:
    await db[COLLECTION].insert_one(to_document(review), session=tx)


async def find(db: Database, review_id: str) -> Review | None:
    document = await db[COLLECTION].find_one({"_id": review_id})
    return msgspec.convert(document, Review | None)


async def page(db: Database, place: str, query: ReviewsQuery) -> Page[Review]:
    """Reviews under a place, newest first. Served by the indexes `place` and `newest`."""
    where: Document = {
        "place": under(place),
        "state": {"$in": list(ReviewState)},
        **chosen(query, "state", "overdue"),
    }
    return await NEWEST.page(db[COLLECTION], Review, where, query)


# Erasure


async def of_person(db: Database, tx: Transaction, person_id: str, *, limit: int) -> list[str]:
    """Ids of reviews of what somebody rated. Served by index `person`."""
    cursor = db[COLLECTION].find({"person": person_id}, {"_id": 1}, session=tx).limit(limit)
    return [document["_id"] for document in await cursor.to_list()]


async def blank(db: Database, tx: Transaction, review_ids: Sequence[str]) -> None:
    """Remove whose ratings were reviewed."""
    if review_ids:
        query = {"_id": {"$in": list(review_ids)}}
        await db[COLLECTION].update_many(query, {"$set": {"person": None}}, session=tx)
