"""Store of issued bills, as a compound's books read them: all of them, some at once."""

from collections.abc import AsyncIterator, Sequence

import msgspec

from mongo_indexes.bills import COLLECTION
from services.bills.models import Bill
from services.bills.states import BillState
from services.dependencies import Database
from services.kernel.documents import Document
from services.kernel.paths import under

STATES = [state for state in BillState if state is not BillState.DRAFT]


async def of_place(
    db: Database, place: str, accounts: Sequence[str] | None, *, at_once: int
) -> AsyncIterator[list[Bill]]:
    """All bills under a place but drafts, by home. Served by index `home_liable`.

    `accounts`: only those that are paid into these.
    """
    query: Document = {"home": under(place), "state": {"$in": STATES}}
    if accounts is not None:
        query["account"] = {"$in": list(accounts)}
    order = [("home", 1), ("state", 1), ("liable_on", -1), ("_id", -1)]
    cursor = db[COLLECTION].find(query, hint="home_liable").sort(order).batch_size(at_once)
    while batch := await cursor.to_list(at_once):
        yield msgspec.convert(batch, list[Bill])
