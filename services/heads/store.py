"""The hand_overs collection: the only module that queries it."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from mongo_indexes.hand_overs import COLLECTION
from services.dependencies import Database, Transaction
from services.documents import Document, to_document
from services.heads.models import HandOver, HandOverState
from services.paths import under_any


async def replace(db: Database, made: HandOver, tx: Transaction) -> None:
    """Keep a list instead of the one offered before. Served by index `offered`.

    DuplicateKeyError when another list was made at the same moment.
    """
    before = {
        "place": made.place,
        "appointment": made.appointment,
        "state": HandOverState.OFFERED,
    }
    change = {"$set": {"state": HandOverState.REPLACED}}
    await db[COLLECTION].update_many(before, change, session=tx)
    await db[COLLECTION].insert_one(to_document(made), session=tx)


async def find(
    db: Database, hand_over_id: str, tx: Transaction | None = None
) -> HandOver | None:
    document = await db[COLLECTION].find_one({"_id": hand_over_id}, session=tx)
    return msgspec.convert(document, HandOver | None)


async def receive(
    db: Database, hand_over_id: str, *, by: str, at: datetime, tx: Transaction
) -> bool:
    """Return False when the list is no longer offered."""
    key = {"_id": hand_over_id, "state": HandOverState.OFFERED}
    change = {"state": HandOverState.RECEIVED, "received_by": by, "received_at": at}
    done = await db[COLLECTION].update_one(key, {"$set": change}, session=tx)
    return done.matched_count == 1


async def listing(
    db: Database,
    person_id: str,
    offices: Sequence[tuple[str, str]],
    places: Sequence[str],
    *,
    before: str,
    limit: int,
) -> list[HandOver]:
    """Lists one gave or received, of one's offices (role, place) and places; newest first.

    Served by the indexes `giver`, `received_by` and `place`.
    """
    mine: list[Document] = [{"giver": person_id}, {"received_by": person_id}]
    mine += [{"role": role, "place": place} for role, place in offices]
    mine += [under_any("place", [place]) for place in places]
    older = {"_id": {"$lt": before}} if before else {}
    query = {"$or": [{**each, **older} for each in mine]}
    cursor = db[COLLECTION].find(query).sort("_id", -1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[HandOver])
