"""Store of rounds of metered bills."""

from typing import Any, Final

import msgspec

from mongo_indexes.meter_rounds import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.meters.rounds.models import MeterRound, MeterRoundsQuery
from services.meters.rounds.states import TABLE, MeterRoundAction

LATEST: Final = Keyset(Key("to_day", ascending=False), Key(ascending=False))


async def insert(db: Database, tx: Transaction, found: MeterRound) -> None:
    """Raise DuplicateKeyError when the round was started already."""
    await db[COLLECTION].insert_one(to_document(found), session=tx)


async def find(db: Database, round_id: str) -> MeterRound | None:
    document = await db[COLLECTION].find_one({"_id": round_id})
    return msgspec.convert(document, MeterRound | None)


async def advance(db: Database, tx: Transaction, before: MeterRound, now: MeterRound) -> bool:
    """Write what a step did; False for who is late."""
    names = ("after", "bills", "estimated", "amount_fen", "left")
    changes: dict[str, Any] = {name: getattr(now, name) for name in names}
    key = {"_id": before.id, "state": before.state, "after": before.after}
    moved = await db[COLLECTION].update_one(key, {"$set": changes}, session=tx)
    return moved.matched_count == 1


async def finish(db: Database, tx: Transaction, found: MeterRound) -> bool:
    """Compare and set the state; False when it is finished."""
    key = {"_id": found.id, "after": found.after}
    return await TABLE.move(db[COLLECTION], key, MeterRoundAction.FINISH, {}, tx=tx)


async def page(db: Database, place: str, query: MeterRoundsQuery) -> Page[MeterRound]:
    """Rounds of a compound, the latest day first. Served by index `place_day`."""
    where = {"place": place, **chosen(query, "kind", "state")}
    return await LATEST.page(db[COLLECTION], MeterRound, where, query, hint="place_day")
