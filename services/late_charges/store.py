"""Store of late charges that are to be billed."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from mongo_indexes.late_charges import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.days import Day
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under
from services.late_charges.models import ChargedLine, LateFees, LateFeesQuery
from services.late_charges.states import DECIDED, OPEN, TABLE, LateFeesAction
from services.places import actions as places

LATEST: Final = Keyset(Key("proposed_at", ascending=False, kind=datetime), Key(ascending=False))
WITHOUT_LINES: Final = {"lines": 0}  # as long as the place has homes


async def insert(db: Database, tx: Transaction, fees: LateFees) -> None:
    """Raise DuplicateKeyError while others of the payee and compound are open."""
    await db[COLLECTION].insert_one(to_document(fees), session=tx)


async def find(
    db: Database, fees_id: str, *, tx: Transaction | None = None, lines: bool = False
) -> LateFees | None:
    """Return late charges; with their lines only when asked for."""
    left_out = None if lines else WITHOUT_LINES
    document = await db[COLLECTION].find_one({"_id": fees_id}, left_out, session=tx)
    return msgspec.convert(document, LateFees | None)


async def move(
    db: Database, tx: Transaction, fees_id: str, action: LateFeesAction, **changes: Any
) -> bool:
    """Compare and set the state; False when somebody was first."""
    return await TABLE.move(db[COLLECTION], {"_id": fees_id}, action, changes, tx=tx)


async def advance(
    db: Database, tx: Transaction, fees: LateFees, count: int, *, dropped: int
) -> bool:
    """Note that so many more lines are done, the last ones too; False for who is late."""
    changes: Document = {"done": fees.done + count, "dropped": fees.dropped + dropped}
    key: Document = {"_id": fees.id, "done": fees.done}
    if changes["done"] < fees.bills:
        key["state"] = fees.state
        moved = await db[COLLECTION].update_one(key, {"$set": changes}, session=tx)
        return moved.matched_count == 1
    return await TABLE.move(db[COLLECTION], key, LateFeesAction.BILL, changes, tx=tx)


async def waived(
    db: Database, homes: Sequence[str], *, tx: Transaction | None = None
) -> dict[tuple[str, str], Day]:
    """Return (home, account) → the last day that it was left out of. By index `left_out`."""
    compounds = sorted({places.compound_of(home) for home in homes})
    own = {"left_out": {"$in": list(homes)}}
    decided: Document = {"compound": {"$in": compounds}, "state": {"$in": list(DECIDED)}}
    last = {"_id": {"home": "$left_out", "account": "$account"}, "day": {"$max": "$to_day"}}
    steps: list[Document] = [
        {"$match": {**decided, **own}},
        {"$project": {"account": 1, "to_day": 1, "left_out": 1}},
        {"$unwind": "$left_out"},
        {"$match": own},
        {"$group": last},
    ]
    cursor = await db[COLLECTION].aggregate(steps, hint="left_out", session=tx)
    return {(row["_id"]["home"], row["_id"]["account"]): row["day"] async for row in cursor}


async def charged(
    db: Database, tx: Transaction, compound: str, account: str, *, at_once: int
) -> AsyncIterator[list[ChargedLine]]:
    """Yield the lines of batches that were approved, some at once. By index `compound_at`."""
    decided: Document = {"compound": compound, "account": account}
    decided["state"] = {"$in": list(DECIDED)}
    names = ("bill", "first", "rule")
    shown = {"batch": "$_id", "state": 1, **{name: f"$lines.{name}" for name in names}}
    steps: list[Document] = [{"$match": decided}, {"$unwind": "$lines"}, {"$project": shown}]
    cursor = await db[COLLECTION].aggregate(steps, hint="compound_at", session=tx)
    while some := await cursor.to_list(at_once):
        yield msgspec.convert(some, list[ChargedLine])


async def hold_open(db: Database, tx: Transaction, compound: str, account: str) -> None:
    """Keep open batches from being approved or billed until this transaction ends.

    A write, not a read: otherwise neither of two transactions would see the other.
    """
    query = {"compound": compound, "account": account, "state": {"$in": list(OPEN)}}
    await db[COLLECTION].update_many(query, {"$inc": {"holds": 1}}, hint="open", session=tx)


async def page(
    db: Database, place: str, query: LateFeesQuery, *, accounts: Sequence[str] | None
) -> Page[LateFees]:
    """Late charges of a place and of what lies under it. Served by index `compound_at`.

    `accounts`: only of what is paid into these.
    """
    compound = places.compound_of(place)
    where: Document = {"compound": compound, **chosen(query, "state")}
    if accounts is not None:
        where["account"] = {"$in": list(accounts)}
    if place != compound:
        where["place"] = under(place)
    return await LATEST.page(
        db[COLLECTION], LateFees, where, query, hint="compound_at", without=WITHOUT_LINES
    )
