"""Store of bills as the kept sums read them: where homes are counted, from index keys alone."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import msgspec

from mongo_indexes.bills import COLLECTION
from services.bills.models import OF_FEES
from services.bills.states import BillState
from services.bills.sums import arithmetic
from services.bills.sums.arithmetic import Fee, Months
from services.dependencies import Database, Transaction
from services.kernel.days import Month, month_of
from services.kernel.documents import Document
from services.kernel.paths import under

AT_ONCE: Final = 10_000  # keys of an answer: the first would have 101
FIELDS: Final = ("home", "kind", "period", "due_on", "due_fen", "paid")


async def months_of(
    db: Database, tx: Transaction, homes: Sequence[str], first: Month, last: Month
) -> dict[str, Months]:
    """Return home → how many bills it has of each fee and month. Covered by `issued_fees`."""
    query = {"state": {"$in": [BillState.OWING, BillState.PAID]}, **_of(homes, first, last)}
    return await _months(db, tx, query, hint="issued_fees")


async def unpaid_months_of(
    db: Database, tx: Transaction, homes: Sequence[str], first: Month, last: Month
) -> dict[str, Months]:
    """Return the same of what is owed alone: who pays has little. Covered by index `owing`."""
    query = {"state": BillState.OWING, **_of(homes, first, last)}
    return await _months(db, tx, query, hint="owing")


def _of(homes: Sequence[str], first: Month, last: Month) -> Document:
    return {"home": {"$in": list(homes)}, "period": {"$gte": first, "$lte": last}, **OF_FEES}


async def _months(
    db: Database, tx: Transaction, query: Document, *, hint: str
) -> dict[str, Months]:
    fields = {"_id": 0, "state": 1, "home": 1, "period": 1, "kind": 1}
    found: dict[str, Months] = {}
    cursor = db[COLLECTION].find(query, fields, hint=hint, session=tx, batch_size=AT_ONCE)
    for row in await cursor.to_list():
        months = found.setdefault(row["home"], Counter())
        is_owed = row["state"] == BillState.OWING
        arithmetic.count(months, row["kind"], row["period"], is_owed=is_owed)
    return found


async def issued(db: Database, tx: Transaction, place: str) -> list[Fee]:
    """Return the fees that homes under a place owe or paid. Served by `home_liable`."""
    issued = {"$in": [BillState.OWING, BillState.PAID]}
    query = {"home": under(place), "state": issued, **OF_FEES}
    fields = {"_id": 0, **dict.fromkeys(FIELDS, 1)}
    cursor = db[COLLECTION].find(query, fields, hint="home_liable", session=tx)
    return [_fee(row) async for row in cursor]


def _fee(row: Document) -> Fee:
    paid = [(month_of(portion["at"]), portion["fen"]) for portion in row["paid"]]
    return msgspec.convert({**row, "paid": paid}, Fee)


async def next_home(db: Database, after: str) -> str | None:
    """Return the first home behind a path that has bills. Covered by index `slots`."""
    found = await db[COLLECTION].find_one(
        {"home": {"$gt": after}}, {"_id": 0, "home": 1}, sort=[("home", 1)], hint="slots"
    )
    return found["home"] if found else None
