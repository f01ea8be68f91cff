"""Sums over bills, for statistics: each figure is one pass over one index that covers it."""

from collections.abc import Sequence
from typing import Final

import msgspec

from mongo_indexes.bills import COLLECTION
from services.bills.due_days import is_overdue
from services.bills.states import BillState
from services.dependencies import Database
from services.fees.models import FeeKind
from services.kernel.days import months_from, plus_months, start_of
from services.kernel.documents import Document
from services.kernel.paths import part, under, under_any
from services.statistics.models import Arrears, Debt, Debts, Due, OwedHomes, Span

# How much is fetched at once for a page; more bills of a home only mean another round trip.
BILLS_PER_HOME: Final = 10


def amount_if(condition: Document) -> Document:
    """Return the expression that adds up the amounts that meet a condition."""
    return {"$sum": {"$cond": [condition, "$amount_fen", 0]}}


def of_kind(kind: FeeKind | None) -> Document:
    """Return the condition for one kind of fee, or for all."""
    return {"kind": kind} if kind else {}


def of_span(span: Span) -> Document:
    """Return the condition for the months of a span."""
    return {"$in": months_from(span.period, span.months)}


def before(span: Span) -> Document:
    """Return the condition for the months before a span, whose bills may be its arrears."""
    return {"$lt": span.period}


SUMS_OF_ARREARS: Final = {
    "recovered_fen": amount_if({"$eq": ["$recovered", True]}),
    "remaining_fen": amount_if({"$eq": ["$recovered", False]}),
}


async def billed(db: Database, place: str, span: Span, depth: int) -> list[Document]:
    """Add up a span's bills by part: homes, then fen. Covered by index `period`."""
    match = {
        "period": of_span(span),
        "home": under(place),
        "state": {"$in": [BillState.OWING, BillState.PAID]},
        **of_kind(span.kind),
    }
    by_home = {
        "_id": "$home",
        "due_fen": {"$sum": "$amount_fen"},
        "received_fen": amount_if({"$eq": ["$state", BillState.PAID]}),
        "owing": {"$max": {"$eq": ["$state", BillState.OWING]}},
    }
    by_part = {
        "_id": part("$_id", depth),
        "billed_homes": {"$sum": 1},
        "paid_homes": {"$sum": {"$cond": ["$owing", 0, 1]}},
        "due_fen": {"$sum": "$due_fen"},
        "received_fen": {"$sum": "$received_fen"},
    }
    pipeline: list[Document] = [{"$match": match}, {"$group": by_home}, {"$group": by_part}]
    cursor = await db[COLLECTION].aggregate(pipeline, hint="period")
    return await cursor.to_list()


async def groups(db: Database, place: str, periods: Document, depth: int) -> list[Document]:
    """Count the homes that were billed for a fee in the same months, by part.

    Void bills do not count. `periods`: condition for the months. A home is one home, however
    many bills it has of a month: a month of two payees has two. Covered by index `period`.
    """
    match = {
        "period": periods,
        "home": under(place),
        "state": {"$in": [BillState.OWING, BillState.PAID]},
    }
    by_home = {
        "_id": {"home": "$home", "kind": "$kind"},
        "periods": {"$addToSet": "$period"},
    }
    key = {"part": part("$_id.home", depth), "kind": "$_id.kind", "periods": "$periods"}
    pipeline: list[Document] = [
        {"$match": match},
        {"$group": by_home},
        {"$group": {"_id": key, "homes": {"$sum": 1}}},
    ]
    cursor = await db[COLLECTION].aggregate(pipeline, hint="period")
    return await cursor.to_list()


async def arrears(db: Database, place: str, span: Span, depth: int) -> list[Document]:
    """Add up arrears by part: recovered in the span, or still owed at its end.

    Covered by `owing` (what is owed now) and `paid` (what was paid since the span began).
    """
    first_day = f"{span.period}-01"
    end = start_of(f"{plus_months(span.period, span.months)}-01")
    old = {
        "home": under(place),
        "period": before(span),
        "due_on": {"$lt": first_day},
        **of_kind(span.kind),
    }
    kept = {"_id": 0, "home": 1, "amount_fen": 1}
    paid: list[Document] = [
        {"$match": {**old, "paid_at": {"$gte": start_of(first_day)}}},
        {"$project": {**kept, "recovered": {"$lt": ["$paid_at", end]}}},
    ]
    pipeline: list[Document] = [
        {"$match": {"state": BillState.OWING, **old}},
        {"$project": {**kept, "recovered": {"$literal": False}}},
        {"$unionWith": {"coll": COLLECTION, "pipeline": paid}},
        {"$group": {"_id": part("$home", depth), **SUMS_OF_ARREARS}},
    ]
    cursor = await db[COLLECTION].aggregate(pipeline)
    return await cursor.to_list()


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
        query["due_on"] = {"$lt": debts.today}
    fields = {"_id": 0, "home": 1, "amount_fen": 1, "period": 1, "due_on": 1}
    cursor = db[COLLECTION].find(query, fields).sort([("home", 1), ("period", 1)])
    at_once = limit * (len(FeeKind) if debts.period else BILLS_PER_HOME)
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
    """Return the condition for what is owed, of one kind and period or of all."""
    of_period = {"period": debts.period} if debts.period else {}
    return {"state": BillState.OWING, **of_kind(debts.kind), **of_period}


async def debts_of(db: Database, homes: Sequence[str], debts: Debts) -> list[Debt]:
    """Return the bills these homes owe, by home and month. Served by index `owing`."""
    query = {**_owing(debts), "home": {"$in": list(homes)}}
    cursor = db[COLLECTION].find(query).sort([("home", 1), ("period", 1)]).hint("owing")
    return msgspec.convert(await cursor.to_list(), list[Debt])


async def owed(db: Database, places: Sequence[str]) -> OwedHomes:
    """Add up what the homes under these places owe. Covered by index `owing`."""
    match = {"state": BillState.OWING, **under_any("home", places)}
    by_home = {"_id": "$home", "amount_fen": {"$sum": "$amount_fen"}}
    in_all = {"_id": None, "homes": {"$sum": 1}, "amount_fen": {"$sum": "$amount_fen"}}
    pipeline: list[Document] = [{"$match": match}, {"$group": by_home}, {"$group": in_all}]
    cursor = await db[COLLECTION].aggregate(pipeline)
    rows = await cursor.to_list()
    return msgspec.convert(rows[0], OwedHomes) if rows else OwedHomes()


def _first(bill: Document) -> Arrears:
    return Arrears(home=bill["home"], since=bill["period"], due_on=bill["due_on"])


def _add(home: Arrears, bill: Document) -> None:
    home.bills += 1
    home.amount_fen += bill["amount_fen"]
    home.due_on = min(home.due_on, bill["due_on"])
