"""Store of bills that are owed, home by home: each page is read from an index, no further."""

from collections.abc import Sequence
from typing import Final

import msgspec

from mongo_indexes.bills import COLLECTION
from services.bills.due_days import is_overdue
from services.bills.models import OF_HOMES, of_kind, owed_today
from services.bills.unpaid_homes.models import Arrears, Debt, Debts, Due
from services.dependencies import Database
from services.fees.models import HomeFee
from services.kernel.days import Day, plus_days
from services.kernel.documents import Document
from services.kernel.paths import under

# How much is fetched at once for a page; more bills of a home only mean another round trip.
BILLS_PER_HOME: Final = 10


async def unpaid(
    db: Database, place: str, debts: Debts, *, after: str, limit: int
) -> list[Arrears]:
    """Add up what the next homes owe, by path, reading no further. Covered by index `owing`.

    A $group would read everything under the place for every page; the index already lies in
    the order of homes, so the page ends where it is full. Of homes that are late only the late
    bills are read; those that are not are found by reading past the others.
    """
    query = {**_owing(debts), "home": {**under(place), **({"$gt": after} if after else {})}}
    if debts.due is Due.OVERDUE:
        query["due_on"] = {"$lt": plus_days(debts.today, 1 - debts.days)}
    fields = {"_id": 0, "home": 1, "owed_fen": 1, "period": 1, "due_on": 1}
    cursor = db[COLLECTION].find(query, fields).sort([("home", 1), ("period", 1)])
    at_once = limit * (len(HomeFee) if debts.period else BILLS_PER_HOME)
    homes: list[Arrears] = []
    async with cursor.hint("owing").batch_size(at_once) as bills:
        async for bill in bills:
            if not homes or homes[-1].home != bill["home"]:
                _drop_late(homes, debts)
                if len(homes) == limit:
                    break
                homes.append(_first(bill))
            _add(homes[-1], bill)
        else:
            _drop_late(homes, debts)
    return homes


def _drop_late(homes: list[Arrears], debts: Debts) -> None:
    """Drop the home that was just added up if it is late and only others are wanted."""
    if debts.due is Due.NOT_YET_DUE and homes and is_overdue(homes[-1].due_on, debts.today):
        homes.pop()


def _owing(debts: Debts) -> Document:
    """Return the condition for what homes owe today, of one kind and period or of all."""
    of_period = {"period": debts.period} if debts.period else {}
    return {**owed_today(debts.today), **of_kind(debts.kind), **of_period}


async def debts_of(db: Database, homes: Sequence[str], debts: Debts) -> list[Debt]:
    """Return the bills these homes owe, by home and month. Served by index `owing`."""
    query = {**_owing(debts), "home": {"$in": list(homes)}}
    cursor = db[COLLECTION].find(query).sort([("home", 1), ("period", 1)]).hint("owing")
    return msgspec.convert(await cursor.to_list(), list[Debt])


async def owing_since(db: Database, homes: Sequence[str], month: str, today: Day) -> set[str]:
    """Return those of the homes that owe for a month up to this one. Covered by `owing`."""
    owed = {**owed_today(today), "home": {"$in": list(homes)}, **OF_HOMES}
    owed |= {"period": {"$lte": month}}
    pipeline: list[Document] = [{"$match": owed}, {"$group": {"_id": "$home"}}]
    cursor = await db[COLLECTION].aggregate(pipeline, hint="owing")
    return {row["_id"] for row in await cursor.to_list()}


async def ids_owed(db: Database, homes: Sequence[str], today: Day) -> list[str]:
    """Return the ids of the fees that some homes owe. Served by index `home_liable`."""
    query = {"home": {"$in": list(homes)}, **_owing(Debts(today=today))}
    cursor = db[COLLECTION].find(query, {"_id": 1}).sort("_id", 1)
    return [bill["_id"] for bill in await cursor.to_list()]


def _first(bill: Document) -> Arrears:
    return Arrears(home=bill["home"], since=bill["period"], due_on=bill["due_on"])


def _add(home: Arrears, bill: Document) -> None:
    home.bills += 1
    home.amount_fen += bill["owed_fen"]
    home.due_on = min(home.due_on, bill["due_on"])
