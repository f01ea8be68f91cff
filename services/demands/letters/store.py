"""Store of reminder letters."""

from collections.abc import Collection, Sequence
from typing import Final

import msgspec

from mongo_indexes.demand_letters import COLLECTION
from services.demands.letters.models import DemandLettersQuery, Letter
from services.demands.letters.states import TABLE, LetterAction
from services.dependencies import Database, Transaction
from services.kernel.bulk import insert_all
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under

BY_HOME: Final = Keyset(Key("home"), Key())


async def insert_many(db: Database, tx: Transaction, letters: Sequence[Letter]) -> None:
    """DuplicateKeyError when a household has a letter of these days. By index `slots`."""
    await insert_all(tx, db[COLLECTION], [to_document(letter) for letter in letters])


async def find(db: Database, letter_id: str) -> Letter | None:
    document = await db[COLLECTION].find_one({"_id": letter_id})
    return msgspec.convert(document, Letter | None)


async def move(
    db: Database, tx: Transaction, letter: Letter, action: LetterAction, changes: Document
) -> bool:
    key = {"_id": letter.id, "home": letter.home}
    return await TABLE.move(db[COLLECTION], key, action, changes, tx=tx)


async def taken(
    db: Database, homes: Sequence[str], slots: Sequence[str]
) -> set[tuple[str, str]]:
    """Return (home, slot) of those that are taken. Served by index `slots`."""
    query = {"home": {"$in": list(homes)}, "slots": {"$in": list(slots)}}
    cursor = db[COLLECTION].find(query, {"home": 1, "slots": 1}).hint("slots")
    return {(row["home"], slot) for row in await cursor.to_list() for slot in row["slots"]}


async def page(
    db: Database, place: str, query: DemandLettersQuery, *, apart: Collection[str], former: bool
) -> Page[Letter]:
    """Letters to homes under a place, by home. Served by `home`, of a round by `round`.

    `apart`: homes that are left out. `former`: also those to who sold a home.
    """
    where: Document = {"home": under(place), **chosen(query, "state", "round_id")}
    where["$nor"] = [{"home": {"$in": sorted(apart)}}]
    if not former:
        where["household"] = ""
    hint = "home" if query.round_id is None else "round"
    return await BY_HOME.page(db[COLLECTION], Letter, where, query, hint=hint)


async def of_round(db: Database, round_id: str, *, after: str, limit: int) -> list[Letter]:
    """Return the next letters of a round, by home and id. Served by index `round`.

    `after`: home and id of the last one, with a blank between.
    """
    home, _, letter_id = after.partition(" ")
    behind: Document = {"home": {"$gte": home}}
    behind["$or"] = [{"home": {"$gt": home}}, {"_id": {"$gt": letter_id}}]
    query = {"round_id": round_id, **(behind if after else {})}
    cursor = db[COLLECTION].find(query).sort(BY_HOME.order).limit(limit).hint("round")
    return msgspec.convert(await cursor.to_list(), list[Letter])
