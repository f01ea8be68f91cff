"""Store of hand-overs."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import msgspec

from mongo_indexes.hand_overs import COLLECTION
from services.dependencies import Database, Transaction
from services.heads.models import HandOver
from services.heads.states import TABLE, HandOverAction
from services.kernel.documents import Document, to_document
from services.kernel.paths import under_any


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
    *,
    before: str,
    limit: int,
) -> list[HandOver]:
    """List what one gave or received, of one's offices (role, place) and places; newest first.

    One query for each, served by the indexes `giver`, `received_by` and `place`: in a single
    query the database would scan the hand-overs of the whole city for those under a place.
    """
    mine: list[tuple[str, Document]] = [("giver", {"giver": person_id})]
    mine += [("received_by", {"received_by": person_id})]
    mine += [("place", {"role": role, "place": place}) for role, place in offices]
    mine += [("place", under_any("place", [place])) for place in places]
    older = {"_id": {"$lt": before}} if before else {}
    answers = await asyncio.gather(
        *(_newest(db, {**each, **older}, index, limit) for index, each in mine)
    )
    found = {row["_id"]: row for rows in answers for row in rows}
    newest = [found[each] for each in sorted(found, reverse=True)[:limit]]
    return msgspec.convert(newest, list[HandOver])


async def _newest(db: Database, query: Document, index: str, limit: int) -> list[Document]:
    cursor = db[COLLECTION].find(query).hint(index).sort("_id", -1).limit(limit)
    return await cursor.to_list()
