"""Store of call-backs."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from mongo_indexes.repair_call_backs import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.bulk import insert_all
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under
from services.repairs.call_backs.models import CallBack, CallBackResult, CallBacksQuery
from services.repairs.models import Part

NEWEST: Final = Keyset(Key("month", ascending=False), Key())


async def is_drawn(db: Database, tx: Transaction, compound: str, month: str) -> bool:
    """Tell whether repairs of a month were drawn already. Served by index `drawn`."""
    query = {"compound": compound, "month": month}
    return await db[COLLECTION].find_one(query, {"_id": 1}, session=tx) is not None


async def insert(db: Database, tx: Transaction, call_backs: Sequence[CallBack]) -> None:
    """DuplicateKeyError when the month was drawn meanwhile: ids follow from the repairs."""
    await insert_all(tx, db[COLLECTION], [to_document(each) for each in call_backs])


async def find(db: Database, tx: Transaction, call_back_id: str) -> CallBack | None:
    document = await db[COLLECTION].find_one({"_id": call_back_id}, session=tx)
    return msgspec.convert(document, CallBack | None)


async def record(db: Database, tx: Transaction, call_back_id: str, changes: Document) -> bool:
    """Keep what was said; False when it is settled already."""
    key: Document = {
        "_id": call_back_id,
        "result": {"$in": [None, CallBackResult.NOT_REACHED]},
    }
    update: dict[str, Any] = {"$set": changes, "$inc": {"tries": 1}}
    done = await db[COLLECTION].update_one(key, update, session=tx)
    return done.matched_count == 1


async def close(db: Database, first: str, until: str) -> None:
    """Note that nobody was reached, of call-backs of some months that wait still.

    Of the months from the first to the last one before `until`. Served by index `newest`.
    """
    query: Document = {
        "month": {"$gte": first, "$lt": until},
        "called_at": None,
        "result": None,
    }
    change = {"$set": {"result": CallBackResult.NOT_REACHED}}
    await db[COLLECTION].update_many(query, change, hint="newest")


async def page(
    db: Database, place: str, query: CallBacksQuery, *, common_only: bool
) -> Page[CallBack]:
    """Call-backs under a place, the newest month first. By indexes `place` and `newest`."""
    where: Document = {"place": under(place), **chosen(query, "month", "result")}
    if query.is_waiting is not None:
        waiting = {"called_at": None, "result": None}
        where |= waiting if query.is_waiting else {"$nor": [waiting]}
    if common_only:
        where["part"] = Part.COMMON
    return await NEWEST.page(db[COLLECTION], CallBack, where, query)


# Erasure


async def of_person(db: Database, tx: Transaction, person_id: str, *, limit: int) -> list[str]:
    """Ids of call-backs about somebody's repairs. Served by index `person`."""
    cursor = db[COLLECTION].find({"person": person_id}, {"_id": 1}, session=tx).limit(limit)
    return [document["_id"] for document in await cursor.to_list()]


async def blank(db: Database, tx: Transaction, call_back_ids: Sequence[str]) -> None:
    """Remove whose repairs were asked about, and what they said."""
    if call_back_ids:
        query = {"_id": {"$in": list(call_back_ids)}}
        empty: Document = {"$set": {"person": None, "note_sealed": ""}}
        await db[COLLECTION].update_many(query, empty, session=tx)
