"""Store of place codes."""

from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes.place_codes import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under
from services.place_codes.models import (
    PlaceCode,
    PlaceCodeSort,
    PlaceCodesQuery,
    SheetsQuery,
)
from services.place_codes.states import TABLE, PlaceCodeAction, PlaceCodeState

ORDERS: Final = {
    PlaceCodeSort.PLACE: Keyset(Key("place"), Key()),
    PlaceCodeSort.NEWEST: Keyset(
        Key("added_at", ascending=False, kind=datetime), Key(ascending=False)
    ),
}


async def insert(db: Database, tx: Transaction, code: PlaceCode) -> None:
    """Raise DuplicateKeyError when the same thing has a code in use."""
    await db[COLLECTION].insert_one(to_document(code), session=tx)


async def find(
    db: Database, code_id: str, *, tx: Transaction | None = None
) -> PlaceCode | None:
    document = await db[COLLECTION].find_one({"_id": code_id}, session=tx)
    return msgspec.convert(document, PlaceCode | None)


async def find_by_token(db: Database, token_index: str) -> PlaceCode | None:
    """Code in use that has this token. Served by index `token`."""
    query = {"token_index": token_index, "state": PlaceCodeState.IN_USE}
    return msgspec.convert(await db[COLLECTION].find_one(query), PlaceCode | None)


async def move(
    db: Database, tx: Transaction, code_id: str, action: PlaceCodeAction, changes: Document
) -> PlaceCode | None:
    """Return the code as it is afterwards; None when it is no longer in use."""
    key = {"_id": code_id}
    moved = await TABLE.move_and_get(db[COLLECTION], key, action, changes, tx=tx)
    return msgspec.convert(moved, PlaceCode | None)


async def in_use_under(
    db: Database, place: str, query: SheetsQuery, *, limit: int
) -> list[PlaceCode]:
    """Codes in use at a place and below it. Served by index `place`, one by `_id`."""
    where = {
        "place": under(place),
        "state": PlaceCodeState.IN_USE,
        **chosen(query, "kind", code_id="_id"),
    }
    cursor = db[COLLECTION].find(where).sort([("place", 1), ("_id", 1)]).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[PlaceCode])


async def page(db: Database, place: str, query: PlaceCodesQuery) -> Page[PlaceCode]:
    """Codes at a place and below it. Served by the indexes `place` and `newest`."""
    where = {"place": under(place), **chosen(query, "kind", "state")}
    return await ORDERS[query.sort].page(db[COLLECTION], PlaceCode, where, query)
