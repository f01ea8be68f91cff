"""Store of instalment agreements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from mongo_indexes.instalments import COLLECTION
from services.dependencies import Database, Transaction
from services.instalments.models import Instalments, InstalmentsQuery, InstalmentsSort
from services.instalments.states import TABLE, WAITING, InstalmentsAction, InstalmentsState
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under

ORDERS: Final = {
    InstalmentsSort.NEWEST: Keyset(
        Key("offered_at", ascending=False, kind=datetime), Key(ascending=False)
    ),
    InstalmentsSort.HOME: Keyset(Key("home"), Key()),
}


async def insert(db: Database, tx: Transaction, agreement: Instalments) -> None:
    """Raise DuplicateKeyError when a bill is in another agreement that is open."""
    await db[COLLECTION].insert_one(to_document(agreement), session=tx)


async def find(
    db: Database, agreement_id: str, *, tx: Transaction | None = None
) -> Instalments | None:
    document = await db[COLLECTION].find_one({"_id": agreement_id}, session=tx)
    return msgspec.convert(document, Instalments | None)


async def move(
    db: Database, tx: Transaction, agreement_id: str, action: InstalmentsAction, **changes: Any
) -> Instalments | None:
    """Compare and set the state of an agreement; None when somebody was first."""
    key = {"_id": agreement_id}
    moved = await TABLE.move_and_get(db[COLLECTION], key, action, changes, tx=tx)
    return msgspec.convert(moved, Instalments | None)


async def of_homes(db: Database, homes: Sequence[str]) -> list[Instalments]:
    """Return the agreements of some homes, also those that are over. Served by index `home`."""
    cursor = db[COLLECTION].find({"home": {"$in": list(homes)}}).hint("home")
    return msgspec.convert(await cursor.to_list(), list[Instalments])


async def next_kept(db: Database, after: str, *, limit: int) -> list[Instalments]:
    """Return the next agreements that are kept, by id. Served by index `kept`."""
    query = {"state": InstalmentsState.KEPT, "_id": {"$gt": after}}
    cursor = db[COLLECTION].find(query).sort("_id", 1).limit(limit).hint("kept")
    return msgspec.convert(await cursor.to_list(), list[Instalments])


async def next_waiting(db: Database, after: str, *, limit: int) -> list[Instalments]:
    """Return the next that wait for an answer or a decision, by id. Served by `waiting`."""
    query = {"state": {"$in": list(WAITING)}, "_id": {"$gt": after}}
    cursor = db[COLLECTION].find(query).sort("_id", 1).limit(limit).hint("waiting")
    return msgspec.convert(await cursor.to_list(), list[Instalments])


async def page(
    db: Database, place: str, query: InstalmentsQuery, *, accounts: Sequence[str] | None
) -> Page[Instalments]:
    """Agreements of homes under a place. Served by the indexes `home` and `offered`.

    `accounts`: only of what is paid into these.
    """
    where: Document = {"home": under(place), **chosen(query, "state")}
    if accounts is not None:
        where["account"] = {"$in": list(accounts)}
    return await ORDERS[query.sort].page(db[COLLECTION], Instalments, where, query)
