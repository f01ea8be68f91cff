"""Store of shared costs."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from mongo_indexes.shared_costs import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under
from services.places import actions as places
from services.shared_costs.models import SharedCost, SharedCostsQuery
from services.shared_costs.states import TABLE, SharedCostAction

LATEST: Final = Keyset(Key("from_day", ascending=False), Key(ascending=False))
WITHOUT_SHARES: Final = {"shares": 0}  # as long as the place has homes


async def insert(db: Database, tx: Transaction, cost: SharedCost) -> None:
    """Raise DuplicateKeyError when its document is split at the place already."""
    await db[COLLECTION].insert_one(to_document(cost), session=tx)


async def find(
    db: Database, cost_id: str, *, tx: Transaction | None = None, shares: bool = False
) -> SharedCost | None:
    """Return a cost; with its shares only when asked for."""
    left_out = None if shares else WITHOUT_SHARES
    document = await db[COLLECTION].find_one({"_id": cost_id}, left_out, session=tx)
    return msgspec.convert(document, SharedCost | None)


async def move(
    db: Database, tx: Transaction, cost_id: str, action: SharedCostAction, **changes: Any
) -> bool:
    """Compare and set the state of a cost; False when somebody was first."""
    return await TABLE.move(db[COLLECTION], {"_id": cost_id}, action, changes, tx=tx)


async def advance(db: Database, tx: Transaction, cost: SharedCost, count: int) -> bool:
    """Note that so many more shares are billed, the last ones too; False for who is late."""
    done = cost.done + count
    if done < cost.homes:
        key = {"_id": cost.id, "state": cost.state, "done": cost.done}
        moved = await db[COLLECTION].update_one(key, {"$set": {"done": done}}, session=tx)
        return moved.matched_count == 1
    key = {"_id": cost.id, "done": cost.done}
    action, changes = SharedCostAction.BILL, {"done": done}
    return await TABLE.move(db[COLLECTION], key, action, changes, tx=tx)


async def page(
    db: Database, place: str, query: SharedCostsQuery, *, accounts: Sequence[str] | None
) -> Page[SharedCost]:
    """Costs of a place and of what lies under it. Served by index `compound_day`.

    `accounts`: only of what is paid into these.
    """
    compound = places.compound_of(place)
    where: Document = {"compound": compound, **chosen(query, "state", "split")}
    if place != compound:
        where["place"] = under(place)
    if accounts is not None:
        where["account"] = {"$in": list(accounts)}
    return await LATEST.page(
        db[COLLECTION], SharedCost, where, query, hint="compound_day", without=WITHOUT_SHARES
    )
