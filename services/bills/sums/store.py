"""Store of bills as the kept sums read them: from index keys alone."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from mongo_indexes.bills import COLLECTION
from services.bills.models import OF_FEES
from services.bills.states import BillState
from services.bills.sums.arithmetic import Fee
from services.dependencies import Database, Transaction
from services.kernel.days import Month, month_of
from services.kernel.documents import Document

BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
FIELDS: Final = ("home", "kind", "period", "due_on", "amount_fen")


async def issued(
    db: Database,
    tx: Transaction,
    homes: Document,
    *,
    months: tuple[Month, Month] | None = None,
) -> list[Fee]:
    """Return the bills of fees that some homes owe or paid. Covered by `owing` and `paid`.

    `homes`: condition for their path. `months`: the first and the last of those that count.
    """
    where: Document = {"home": homes, **OF_FEES}
    if months:
        where["period"] = {"$gte": months[0], "$lte": months[1]}
    show = {"$project": {"_id": 0, **dict.fromkeys(FIELDS, 1), "paid_at": 1}}
    paid = {"$match": {**where, "paid_at": {"$gt": BEGINNING}}}
    pipeline: list[Document] = [
        {"$match": {**where, "state": BillState.OWING}},
        {"$project": {"_id": 0, **dict.fromkeys(FIELDS, 1)}},
        {"$unionWith": {"coll": COLLECTION, "pipeline": [paid, show]}},
    ]
    cursor = await db[COLLECTION].aggregate(pipeline, hint="owing", session=tx)
    return [_fee(row) async for row in cursor]


def _fee(row: Document) -> Fee:
    paid_at = row.pop("paid_at", None)
    return msgspec.convert({**row, "paid_in": month_of(paid_at) if paid_at else None}, Fee)


def in_any(homes: Sequence[str]) -> Document:
    """Return the condition for some homes."""
    return {"$in": list(homes)}


async def next_home(db: Database, after: str) -> str | None:
    """Return the first home behind a path that has bills. Covered by index `slots`."""
    found = await db[COLLECTION].find_one(
        {"home": {"$gt": after}}, {"_id": 0, "home": 1}, sort=[("home", 1)], hint="slots"
    )
    return found["home"] if found else None
