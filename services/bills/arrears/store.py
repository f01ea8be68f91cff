"""Store of arrears: what is owed under a place by age. It reads bills and changes nothing."""

from collections.abc import AsyncGenerator, Sequence
from typing import Final

import msgspec

from mongo_indexes.bills import COLLECTION
from services.bills.arrears.models import Age, Due, Owed, first_due_on, household_of
from services.bills.models import OF_FEES, OF_HOMES, Bill, of_kind
from services.bills.states import BillState
from services.dependencies import Database, Transaction
from services.fees.models import HomeFee
from services.kernel.days import Day
from services.kernel.documents import Document
from services.kernel.measures import sum_if
from services.kernel.paths import part, under

OWED: Final = "$owed_fen"
FIELDS: Final = ("home", "kind", "due_on", "owed_fen", "owners_until")
FETCHED_AT_ONCE: Final = 500


async def by_home(
    db: Database, place: str, *, kind: HomeFee | None, today: Day, since: str
) -> AsyncGenerator[list[Owed], None]:
    """Yield what each next home owes, by household, that of today first. Covered by `owing`.

    `since`: the home to begin with. Whoever has enough reads no further.
    """
    query = {"state": BillState.OWING, **of_kind(kind)}
    query["home"] = {**under(place), **({"$gte": since} if since else {})}
    fields = {"_id": 0, **dict.fromkeys(FIELDS, 1)}
    cursor = db[COLLECTION].find(query, fields).sort([("home", 1), ("period", 1)])
    home, found = "", dict[str, Owed]()
    async with cursor.hint("owing").batch_size(FETCHED_AT_ONCE) as bills:
        async for bill in bills:
            if bill["home"] != home:
                if found:
                    yield [found[key] for key in sorted(found)]
                home, found = bill["home"], {}
            key = household_of(bill.get("owners_until"), today)
            owed = found.setdefault(key, Owed(home=home, household=key))
            owed.add(HomeFee(bill["kind"]), bill["due_on"], bill["owed_fen"], today)
    if found:
        yield [found[key] for key in sorted(found)]


async def sums(
    db: Database, place: str, depth: int, *, kind: HomeFee | None, today: Day
) -> list[Document]:
    """Add up what is owed by part of a place and age, in one query. Covered by index `owing`.

    `depth`: segments of the path of a part.
    """
    query = {"state": BillState.OWING, "home": under(place), **of_kind(kind)}
    of_age = {age: _is_of(age, today) for age in Age}
    pipeline: list[Document] = [
        {"$match": query},
        {
            "$group": {
                "_id": "$home",
                "fen": {"$sum": OWED},
                **{f"{age}_fen": sum_if(test, OWED) for age, test in of_age.items()},
                **{age: {"$max": test} for age, test in of_age.items()},
            }
        },
        {
            "$group": {
                "_id": part("$_id", depth),
                "homes": {"$sum": 1},
                "fen": {"$sum": "$fen"},
                **{f"{age}_fen": {"$sum": f"${age}_fen"} for age in Age},
                **{f"{age}_homes": sum_if(f"${age}") for age in Age},
            }
        },
    ]
    cursor = await db[COLLECTION].aggregate(pipeline, hint="owing")
    return await cursor.to_list()


def _is_of(age: Age, today: Day) -> Document:
    """Return the expression that a bill is of an age."""
    tests: list[Document] = []
    if first := first_due_on(age, today):
        tests.append({"$gte": ["$due_on", first]})
    if age is not Age.NOT_DUE:
        younger = [*Age][[*Age].index(age) - 1]
        tests.append({"$lt": ["$due_on", first_due_on(younger, today)]})
    return {"$and": tests}


async def homes_with(
    db: Database, place: str, due: Sequence[Document], *, after: str, limit: int
) -> list[str]:
    """Return the next homes that owe fees of some due days, by path. Covered by index `owing`.

    `due`: conditions on the due day, of which one is to be met.
    """
    query = {
        "state": BillState.OWING,
        "home": {**under(place), **({"$gt": after} if after else {})},
        "$or": [{"due_on": each} for each in due],
        **OF_FEES,
    }
    found: list[str] = []
    cursor = db[COLLECTION].find(query, {"_id": 0, "home": 1}).sort([("home", 1)]).hint("owing")
    async with cursor.batch_size(FETCHED_AT_ONCE) as rows:
        async for row in rows:
            if not found or row["home"] != found[-1]:
                if len(found) == limit:
                    break
                found.append(row["home"])
    return found


async def bills_of(
    db: Database, homes: Sequence[str], *, tx: Transaction | None = None
) -> list[Bill]:
    """Return the fees that homes owe, the oldest first. Served by index `home_liable`."""
    query = {"home": {"$in": list(homes)}, "state": BillState.OWING, **OF_FEES}
    cursor = db[COLLECTION].find(query, session=tx).hint("home_liable")
    found = msgspec.convert(await cursor.to_list(), list[Bill])
    return sorted(found, key=lambda bill: (bill.home, bill.due_on or "", bill.id))


async def owed_to(db: Database, place: str, account: str) -> AsyncGenerator[list[Due], None]:
    """Yield what each next home under a place owes an account. Served by index `owing`."""
    query = {"state": BillState.OWING, "home": under(place), "account": account, **OF_HOMES}
    fields = dict.fromkeys(("home", "kind", "owed_fen", "due_on", "period"), 1)
    cursor = db[COLLECTION].find(query, fields).sort([("home", 1), ("period", 1)])
    found: list[Due] = []
    async with cursor.hint("owing").batch_size(FETCHED_AT_ONCE) as bills:
        async for bill in bills:
            if found and found[0].home != bill["home"]:
                yield found
                found = []
            found.append(
                Due(
                    bill_id=bill["_id"],
                    home=bill["home"],
                    kind=HomeFee(bill["kind"]),
                    owed_fen=bill["owed_fen"],
                    due_on=bill["due_on"] or "",
                    period=bill["period"],
                )
            )
    if found:
        yield found
