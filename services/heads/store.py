"""Store of hand-overs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes.hand_overs import COLLECTION
from services.dependencies import Database, Transaction
from services.heads.models import HandOver, HandOverSort, HandOversQuery
from services.heads.states import TABLE, HandOverAction, HandOverState
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen, within
from services.kernel.paths import under

MOST_TO_RECEIVE: Final = 200
ORDERS: Final = {
    HandOverSort.NEWEST: Keyset(Key(ascending=False)),
    HandOverSort.OLDEST: Keyset(Key()),
}


async def replace(db: Database, tx: Transaction, made: HandOver) -> None:
    """Insert a list and mark the one offered before as replaced. Served by index `offered`.

    DuplicateKeyError when another list was made at the same moment.
    """
    before = {"place": made.place, "appointment": made.appointment}
    await TABLE.move_many(db[COLLECTION], before, HandOverAction.REPLACE, {}, tx=tx)
    await db[COLLECTION].insert_one(to_document(made), session=tx)


async def find(
    db: Database, hand_over_id: str, *, tx: Transaction | None = None
) -> HandOver | None:
    document = await db[COLLECTION].find_one({"_id": hand_over_id}, session=tx)
    return msgspec.convert(document, HandOver | None)


async def receive(
    db: Database, tx: Transaction, hand_over_id: str, *, by: str, at: datetime
) -> bool:
    """Mark a list as received; False when it is no longer offered."""
    key, changes = {"_id": hand_over_id}, {"received_by": by, "received_at": at}
    return await TABLE.move(db[COLLECTION], key, HandOverAction.RECEIVE, changes, tx=tx)


async def known_to(
    db: Database,
    person_id: str,
    offices: Sequence[tuple[str, str]],
    places: Sequence[str],
    query: HandOversQuery,
) -> Page[HandOver]:
    """What one gave or received, of one's offices (role, place), and under places.

    Served by the indexes `giver`, `received_by`, `place` and `under`.
    """
    mine: list[tuple[str, Document]] = [("giver", {"giver": person_id})]
    mine += [("received_by", {"received_by": person_id})]
    mine += [("place", {"role": role, "place": place}) for role, place in offices]
    mine += [("under", {"under": {"$in": list(places)}})] if places else []
    asked = {
        **chosen(query, "state", "role", place="under"),
        **within("made_at", query.made_from, query.made_to),
    }
    parts = [(index, {"$and": [each, asked]}) for index, each in mine]
    return await ORDERS[query.sort].page_of_any(db[COLLECTION], HandOver, parts, query)


def look_up_offered(person_id: str) -> list[Document]:
    """Return stages of a pipeline that make of offices what is offered to their holder.

    Of rows with `place` and `role`, as appointments are; not what the person gave. They are
    few. Served by index `place`.
    """
    look_up = {
        "from": COLLECTION,
        "localField": "place",
        "foreignField": "place",
        "let": {"role": "$role"},
        "pipeline": [
            {"$match": {"state": HandOverState.OFFERED, "giver": {"$ne": person_id}}},
            {"$match": {"$expr": {"$eq": ["$role", "$$role"]}}},
        ],
        "as": "offered",
    }
    return [
        {"$lookup": look_up},
        {"$unwind": "$offered"},
        {"$replaceRoot": {"newRoot": "$offered"}},
        {"$limit": MOST_TO_RECEIVE},
    ]


async def count_offered(db: Database, place: str, *, limit: int) -> int:
    """Count what waits to be received at a place and under it. Served by index `offered`."""
    query = {"place": under(place), "state": HandOverState.OFFERED}
    return await db[COLLECTION].count_documents(query, hint="offered", limit=limit)
