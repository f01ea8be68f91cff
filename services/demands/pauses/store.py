"""Store of pauses of demands."""

from collections.abc import Sequence
from typing import Final

import msgspec

from mongo_indexes.demand_pauses import COLLECTION
from services.demands.pauses.models import DemandPausesQuery, Pause
from services.demands.pauses.states import TABLE, DemandPauseState, PauseAction
from services.dependencies import Database, Transaction
from services.kernel.days import Day
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under

BY_PLACE: Final = Keyset(Key("place"), Key())


async def insert(db: Database, tx: Transaction, pause: Pause) -> None:
    await db[COLLECTION].insert_one(to_document(pause), session=tx)


async def find(db: Database, pause_id: str) -> Pause | None:
    document = await db[COLLECTION].find_one({"_id": pause_id})
    return msgspec.convert(document, Pause | None)


async def lift(db: Database, tx: Transaction, pause_id: str, changes: Document) -> bool:
    key = {"_id": pause_id}
    return await TABLE.move(db[COLLECTION], key, PauseAction.LIFT, changes, tx=tx)


async def page(
    db: Database, place: str, query: DemandPausesQuery, *, sees_homes: bool
) -> Page[Pause]:
    """Pauses at a place and below it. Served by index `place`.

    `sees_homes`: also those of single homes.
    """
    where: Document = {"place": under(place), **chosen(query, "state", "kind")}
    if not sees_homes:
        where["of_home"] = False
    return await BY_PLACE.page(db[COLLECTION], Pause, where, query, hint="place")


async def ever_at(db: Database, places: Sequence[str]) -> list[Pause]:
    """Return all pauses at some places, also those that are over. Served by index `place`."""
    cursor = db[COLLECTION].find({"place": {"$in": list(places)}}).hint("place")
    return msgspec.convert(await cursor.to_list(), list[Pause])


async def at_places(db: Database, places: Sequence[str], day: Day) -> list[Pause]:
    """Return the pauses at some places that hold on a day. Served by index `holding`."""
    query: Document = {
        "place": {"$in": list(places)},
        "state": DemandPauseState.SET,
        "from_day": {"$lte": day},
        "$or": [{"until": None}, {"until": {"$gte": day}}],
    }
    cursor = db[COLLECTION].find(query).hint("holding")
    return msgspec.convert(await cursor.to_list(), list[Pause])
