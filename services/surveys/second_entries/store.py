"""Store of second entries."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from mongo_indexes.survey_second_entries import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel import steps
from services.kernel.bulk import insert_new
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import outermost, under, under_any
from services.kernel.today import NO_END, Part
from services.surveys.second_entries.models import (
    SecondEntriesQuery,
    SecondEntry,
    home_of,
    id_of,
)
from services.surveys.second_entries.states import OPEN, TABLE, EntryAction, EntryState

ORDER: Final = Keyset(Key("home"), Key())


async def put(db: Database, rows: Sequence[SecondEntry]) -> None:
    """Write what was drawn; drawn again, it is the same."""
    await insert_new(db[COLLECTION], [to_document(row) for row in rows])


async def find(
    db: Database, entry_id: str, *, tx: Transaction | None = None
) -> SecondEntry | None:
    found = await db[COLLECTION].find_one({"_id": entry_id}, session=tx)
    return msgspec.convert(found, SecondEntry | None)


async def count_open(db: Database, survey_id: str) -> int:
    """Count those for which the results wait. Served by index `survey`."""
    where = {"survey": survey_id, "state": {"$in": [*OPEN]}}
    return await db[COLLECTION].count_documents(where, hint="survey")


async def move(
    db: Database, tx: Transaction, entry_id: str, action: EntryAction, **changes: Any
) -> SecondEntry | None:
    """Move a second entry along the table; None when somebody was first."""
    key = {"_id": entry_id}
    found = await TABLE.move_and_get(db[COLLECTION], key, action, changes, tx=tx)
    return msgspec.convert(found, SecondEntry | None)


async def withdraw(db: Database, survey_id: str) -> None:
    """Close those that are open, of a survey that was withdrawn. Served by index `survey`.

    Until none is left: one that is entered meanwhile moves in the index, past the scan.
    """
    key = {"survey": survey_id}
    while await TABLE.move_many(db[COLLECTION], key, EntryAction.WITHDRAW, {}):
        pass


async def page(db: Database, place: str, query: SecondEntriesQuery) -> Page[SecondEntry]:
    """Second entries under a place, by home. Served by `home` and `home_state`."""
    filters = chosen(query, "state")
    where: Document = {"home": under(place), **filters}
    hint = "home_state" if filters else "home"
    return await ORDER.page(db[COLLECTION], SecondEntry, where, query, hint=hint)


async def unlink(db: Database, tx: Transaction, survey_id: str) -> bool:
    """Take from second entries what the home answered; tell whether there are more.

    That a paper of the home was entered again, and by whom, stays. Served by index `survey`.
    """
    query = {"survey": survey_id, "answer": {"$gt": ""}}
    bare: Document = {"$set": {"answer": "", "choices": [], "relation": ""}}
    return await steps.change(tx, db[COLLECTION], query, bare)


# What heads have to do


async def waiting(
    db: Database, places: Sequence[str], *, but: str, homes: Sequence[str], part: Part
) -> list[SecondEntry]:
    """Those under some places that wait, by home and id. Served by index `home_state`.

    `but`: who entered the first does not enter the second. `homes`: whose papers are left out.
    `part`: by keys (models.key_of). Its bounds stand beside the `$or`s on their own: one scan
    of the index then goes from place to place in its order.
    """
    around = outermost(places)
    if not around:
        return []
    asked: list[Document] = [
        {"home": {"$gte": around[0], "$lt": around[-1] + "/"}},
        under_any("home", around),
        {"home": {"$nin": list(homes)}},
        {"_id": {"$nin": [id_of(key) for key in part.without]}},
    ]
    if part.after is not None and part.after[0] >= NO_END:
        home, last = home_of(part.after[1]), id_of(part.after[1])
        asked += [{"home": {"$gte": home}}]
        asked += [{"$or": [{"home": {"$gt": home}}, {"_id": {"$gt": last}}]}]
    query = {"state": EntryState.WAITING, "first_by": {"$ne": but}, "$and": asked}
    cursor = db[COLLECTION].find(query, hint="home_state").sort([("home", 1), ("_id", 1)])
    return msgspec.convert(await cursor.limit(part.limit).to_list(), list[SecondEntry])


async def count_waiting(db: Database, place: str, *, limit: int) -> int:
    """Count those under a place that wait. Served by index `home_state`."""
    query: Document = {"state": EntryState.WAITING, "home": under(place)}
    return await db[COLLECTION].count_documents(query, limit=limit, hint="home_state")
