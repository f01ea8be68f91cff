"""Store of notes that correct bills."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from mongo_indexes.bill_notes import COLLECTION
from services.bill_notes.models import Note, NoteSort, NotesQuery
from services.bill_notes.states import TABLE, NoteAction
from services.dependencies import Database, Transaction
from services.kernel import walks
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under

ORDERS: Final = {
    NoteSort.NEWEST: Keyset(
        Key("proposed_at", ascending=False, kind=datetime), Key(ascending=False)
    ),
    NoteSort.HOME: Keyset(Key("home"), Key()),
}


async def insert(db: Database, tx: Transaction, note: Note) -> None:
    """Raise DuplicateKeyError when a note of the bill waits already."""
    await db[COLLECTION].insert_one(to_document(note), session=tx)


async def find(db: Database, note_id: str) -> Note | None:
    document = await db[COLLECTION].find_one({"_id": note_id})
    return msgspec.convert(document, Note | None)


async def find_many(db: Database, note_ids: Sequence[str]) -> list[Note]:
    cursor = db[COLLECTION].find({"_id": {"$in": list(note_ids)}})
    return msgspec.convert(await cursor.to_list(), list[Note])


async def ids_after(db: Database, after: str, limit: int) -> list[str]:
    """Return the ids of the next notes in order of their ids, whatever state they are in."""
    return await walks.ids_after(db[COLLECTION], after, limit)


async def move(
    db: Database, tx: Transaction, note_id: str, action: NoteAction, **changes: Any
) -> Note | None:
    """Compare and set the state of a note; return it as it is then, None when it is decided."""
    moved = await TABLE.move_and_get(db[COLLECTION], {"_id": note_id}, action, changes, tx=tx)
    return msgspec.convert(moved, Note | None)


async def page(
    db: Database, place: str, query: NotesQuery, *, accounts: Sequence[str] | None
) -> Page[Note]:
    """Notes of bills under a place. Served by the indexes `home` and `proposed`.

    `accounts`: only of bills that are paid into these.
    """
    where: Document = {"home": under(place), **chosen(query, "state", "kind")}
    if accounts is not None:
        where["account"] = {"$in": list(accounts)}
    return await ORDERS[query.sort].page(db[COLLECTION], Note, where, query)
