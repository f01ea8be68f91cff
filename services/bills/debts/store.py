"""Store of what is owed of homes, by who owes it."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

import msgspec

from mongo_indexes.bills import COLLECTION
from services.bills.debts.models import Debt, FormerDebtsQuery
from services.bills.due_days import is_overdue
from services.bills.models import OF_HOMES, Bill, of_kind
from services.bills.states import BillState
from services.bills.visibility import Claims
from services.dependencies import Database, Transaction
from services.fees.models import HomeFee
from services.kernel.days import Day
from services.kernel.documents import Document
from services.kernel.pages import Key, Keyset, Page
from services.kernel.paths import under

FIELDS: Final = (
    "home",
    "kind",
    "period",
    "due_on",
    "owed_fen",
    "owners_until",
    "liable_on",
)
FETCHED_AT_ONCE: Final = 200
BY_HOME: Final = Keyset(Key("home"), Key("owners_until"))


async def of_homes(
    db: Database, homes: Sequence[str], today: Day, claims: Claims | None
) -> list[Debt]:
    """Return what is owed of homes, by home and the last day of who owes it.

    `claims`: only the bills that somebody sees. Served by index `home_liable`.
    """
    query = {"home": {"$in": list(homes)}, "state": BillState.OWING, **OF_HOMES}
    found = await db[COLLECTION].find(query, dict.fromkeys(FIELDS, 1)).to_list()
    if claims is not None:
        found = [bill for bill in found if claims.covers(bill["home"], bill["liable_on"])]
    return _debts(found, today)


async def bills_of(db: Database, homes: Sequence[str]) -> list[Bill]:
    """Return the bills that are owed of homes. Served by index `home_liable`."""
    query = {"home": {"$in": list(homes)}, "state": BillState.OWING, **OF_HOMES}
    found = await db[COLLECTION].find(query, hint="home_liable").to_list()
    return msgspec.convert(found, list[Bill])


async def sums_of(
    db: Database, tx: Transaction, homes: Sequence[str], accounts: Sequence[str]
) -> dict[HomeFee, tuple[int, int]]:
    """Return fee → number and sum of what is owed of homes. Served by index `home_liable`."""
    query = {"home": {"$in": list(homes)}, "state": BillState.OWING, **OF_HOMES}
    if accounts:
        query["account"] = {"$in": list(accounts)}
    group: Document = {
        "_id": "$kind",
        "bills": {"$sum": 1},
        "amount_fen": {"$sum": "$owed_fen"},
    }
    cursor = await db[COLLECTION].aggregate(
        [{"$match": query}, {"$group": group}], session=tx, hint="home_liable"
    )
    return {HomeFee(row["_id"]): (row["bills"], row["amount_fen"]) async for row in cursor}


async def former(db: Database, place: str, query: FormerDebtsQuery, today: Day) -> Page[Debt]:
    """Return the next debts of who sold a home, by home and day. Served by `former_debts`.

    Reads no further than what is returned, and the first one behind it.
    """
    owed = {"state": BillState.OWING, "home": under(place), **of_kind(query.kind)}
    owed["owners_until"] = {"$gt": "", "$lt": today}
    where = {"$and": [owed, behind]} if (behind := BY_HOME.after(query.cursor)) else owed
    cursor = db[COLLECTION].find(where, dict.fromkeys(FIELDS, 1)).sort(BY_HOME.order)
    bills, keys = list[Document](), set[tuple[str, str]]()
    async with cursor.hint("former_debts").batch_size(FETCHED_AT_ONCE) as rows:
        async for bill in rows:
            keys.add(_key(bill))
            if len(keys) > query.limit + 1:
                break
            bills.append(bill)
    debts = _debts(bills, today)
    found = [{"home": debt.home, "owners_until": debt.owners_until} for debt in debts]
    return BY_HOME.cut(found, query.limit).of(debts[: query.limit])


def _key(bill: Document) -> tuple[str, str]:
    return bill["home"], bill.get("owners_until") or ""


def _debts(bills: Sequence[Document], today: Day) -> list[Debt]:
    """Add up bills, by home and the last day of who owes them; those of today last."""
    groups = groupby(sorted(bills, key=_key), key=_key)
    return [_debt(home, until or None, list(rows), today) for (home, until), rows in groups]


def _debt(home: str, until: Day | None, bills: Sequence[Document], today: Day) -> Debt:
    late = [bill for bill in bills if is_overdue(bill["due_on"], today)]
    return Debt(
        home=home,
        owners_until=until,
        days=frozenset(bill["liable_on"] for bill in bills),
        kinds=frozenset(HomeFee(bill["kind"]) for bill in bills),
        bills=len(bills),
        amount_fen=sum(bill["owed_fen"] for bill in bills),
        overdue_bills=len(late),
        overdue_fen=sum(bill["owed_fen"] for bill in late),
        since=min(bill["period"] for bill in bills),
    )
