"""Store of bills. Only this module changes them; measures.py says what is added up of them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from pymongo import UpdateMany, UpdateOne

from mongo_indexes.bills import COLLECTION
from services.bills.balances.changes import ACTIONS
from services.bills.models import (
    DRAWN_ONLY,
    OF_FEES,
    OF_HOMES,
    Bill,
    BillSort,
    HomeNews,
    Known,
    OwedBills,
    RunBillsQuery,
    Total,
)
from services.bills.states import TABLE, BillAction, BillState
from services.bills.visibility import Claims
from services.dependencies import Database, Transaction
from services.fees.models import FeeKind
from services.kernel import unions, walks
from services.kernel.bulk import insert_all
from services.kernel.days import Day, Month
from services.kernel.documents import Document, to_document
from services.kernel.pages import Count, Key, Keyset, ListQuery, Page, chosen
from services.kernel.paths import under
from services.kernel.permissions import Window
from services.kernel.unions import Part

LATEST: Final = Keyset(Key("liable_on", ascending=False), Key(ascending=False))
BY_HOME: Final = Keyset(Key("home"), Key())
LARGEST: Final = Keyset(Key("amount_fen", ascending=False, kind=Count), Key("home"), Key())


async def known(
    db: Database,
    tx: Transaction,
    homes: Sequence[str],
    kinds: Sequence[FeeKind],
    months: Sequence[Month],
) -> Known:
    """Return what is taken of these months, and the editions. By `slots` and `home_liable`."""
    of_homes = {"home": {"$in": list(homes)}}
    # days of a month sort between its own slot and the next month's
    ranges = [{"$gte": f"{kind}|{months[0]}", "$lt": f"{kind}|{months[-1]}~"} for kind in kinds]
    query = {"$or": [{**of_homes, "slots": {"$elemMatch": found}} for found in ranges]}
    cursor = db[COLLECTION].find(query, {"home": 1, "slots": 1}, session=tx)
    taken = [(b["home"], s) async for b in cursor for s in b["slots"]]
    pipeline: list[Document] = [
        {"$match": {**of_homes, "state": BillState.VOID, "kind": {"$in": list(kinds)}}},
        {
            "$group": {
                "_id": {"home": "$home", "kind": "$kind", "period": "$period"},
                "count": {"$sum": 1},
            }
        },
    ]
    voided = await db[COLLECTION].aggregate(pipeline, session=tx, hint="home_liable")
    editions = {
        (v["_id"]["home"], FeeKind(v["_id"]["kind"]), v["_id"]["period"]): v["count"]
        async for v in voided
    }
    return Known(frozenset(taken), editions)


async def insert_drafts(db: Database, tx: Transaction, drafts: Sequence[Bill]) -> None:
    """Insert a run's drafts, if there are any. DuplicateKeyError when one is there."""
    await insert_all(tx, db[COLLECTION], [to_document(b) for b in drafts])


async def ids_after(db: Database, after: str, *, limit: int) -> list[str]:
    """Return the ids of the next bills in order of their ids, whatever state they are in."""
    return await walks.ids_after(db[COLLECTION], after, limit)


async def find_many(
    db: Database, bill_ids: Sequence[str], *, tx: Transaction | None = None
) -> list[Bill]:
    """Return the bills that exist, in the order asked for."""
    cursor = db[COLLECTION].find({"_id": {"$in": list(bill_ids)}}, session=tx)
    found = msgspec.convert(await cursor.to_list(), list[Bill])
    by_id = {bill.id: bill for bill in found}
    return [by_id[bill_id] for bill_id in bill_ids if bill_id in by_id]


def part(bill_ids: Sequence[str]) -> Part[Bill]:
    return Part(COLLECTION, Bill, {"_id": {"$in": list(bill_ids)}})


def look_up(field: str, *, into: str) -> Document:
    """Return the stage that reads the bills whose ids a document has. By `_id`.

    The empty pipeline keeps it out of the plan of the query before: MongoDB 6.0 makes such a
    plan anew each time, which takes longer than to look up.
    """
    found = {"localField": field, "foreignField": "_id", "pipeline": [], "as": into}
    return {"$lookup": {"from": COLLECTION, **found}}


async def move(
    db: Database, tx: Transaction, bill_ids: Sequence[str], action: BillAction, **changes: Any
) -> int:
    """Compare and set the state of bills by the table; return how many it found to move."""
    key = {"_id": {"$in": list(bill_ids)}}
    return await TABLE.move_many(db[COLLECTION], key, action, changes, tx=tx)


async def rebalance(db: Database, tx: Transaction, changes: Sequence[tuple[Bill, Bill]]) -> int:
    """Write what bills owe, each as it is after a change; return how many were as before it.

    `changes`: (before, after). One command. Owned by who read them: of a bill that somebody
    changed since nothing is written.
    """
    if not changes:
        return 0
    writes = [_balance(before, after) for before, after in changes]
    return (await db[COLLECTION].bulk_write(writes, session=tx)).matched_count


def _balance(before: Bill, after: Bill) -> UpdateOne:
    was, now = to_document(before), to_document(after)
    key = {name: was[name] for name in ("_id", "state", "due_fen", "owed_fen", "paid")}
    balance = {name: now[name] for name in ("due_fen", "owed_fen", "paid", "paid_at")}
    if before.notes != after.notes:
        balance |= {name: now[name] for name in ("notes", "due_on")}
    if action := ACTIONS.get((before.state, after.state)):
        return TABLE.update(key, action, balance)
    return UpdateOne(key, {"$set": balance})


async def issue(db: Database, tx: Transaction, bills: Sequence[Bill]) -> bool:
    """Issue drafts as they are given, all or none; False when one is no draft any more."""
    documents = [to_document(bill) for bill in bills]
    return await TABLE.rewrite_many(tx, db[COLLECTION], documents, BillAction.ISSUE)


async def follow_owners(
    db: Database, tx: Transaction, home: str, owners: Sequence[tuple[Day, Day | None]]
) -> None:
    """Write the last day of owners, first and last, into all that they owe. By `slots`."""
    writes = []
    for first, last in owners:
        days = {"$gte": first} | ({"$lte": last} if last else {})
        wrong = {"home": home, **OF_HOMES, "liable_on": days, "owners_until": {"$ne": last}}
        writes.append(UpdateMany(wrong, {"$set": {"owners_until": last}}))
    await db[COLLECTION].bulk_write(writes, session=tx)


async def hold(db: Database, tx: Transaction, bills: Sequence[Bill]) -> bool:
    """Touch bills that owe what they did when read; False when one does not. By `_id`."""
    each = [{"_id": b.id, "owed_fen": b.owed_fen, "state": BillState.OWING} for b in bills]
    result = await db[COLLECTION].update_many({"$or": each}, {"$inc": {"holds": 1}}, session=tx)
    return result.matched_count == len(bills)


async def hold_drafts(db: Database, tx: Transaction, home: str) -> None:
    """Touch the drafts of a home: who issues one at this moment starts again. By `slots`."""
    query = {"home": home, "state": BillState.DRAFT}
    change = {"$inc": {"holds": 1}}
    await db[COLLECTION].update_many(query, change, session=tx, hint="slots")


async def void_many(
    db: Database, tx: Transaction, bills: Sequence[Bill], voided: Document, *, reopen: bool
) -> None:
    """Void bills read here as owing whole: whoever changes one makes this start again.

    `reopen`: frees their months for later runs; the slot that is left stays unique.
    """
    changes: Document = {name: {"$literal": value} for name, value in voided.items()}
    if reopen:
        changes["slots"] = [{"$concat": ["void|", "$_id"]}]
    key = {"_id": {"$in": [bill.id for bill in bills]}}
    changes["owed_fen"] = 0
    await TABLE.move_many(db[COLLECTION], key, BillAction.VOID, changes, tx=tx, computed=True)


async def discard(db: Database, tx: Transaction, bill_ids: Sequence[str]) -> None:
    """Remove drafts: they were never anybody's debt."""
    key = {"_id": {"$in": list(bill_ids)}}
    await TABLE.remove(db[COLLECTION], key, BillAction.DISCARD, tx=tx)


async def some_of_run(
    db: Database,
    run_id: str,
    state: BillState,
    *,
    limit: int,
    tx: Transaction | None = None,
    **more: Any,
) -> list[Bill]:
    """Return the first of a run's bills in one state, by home. Served by index `run`."""
    query = {"run_id": run_id, "state": state, **more}
    cursor = db[COLLECTION].find(query, session=tx).sort(BY_HOME.order).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Bill])


async def of_run(
    db: Database, run_id: str, query: RunBillsQuery, *, accounts: Sequence[str] | None = None
) -> Page[Bill]:
    """A run's bills in one state. Served by index `run`, the largest first by `run_amount`.

    `accounts`: only bills that are paid into these.
    """
    where: Document = {"run_id": run_id, **chosen(query, "state", "kind", "account")}
    if accounts is not None:
        where["$and"] = [{"account": {"$in": list(accounts)}}]
    if query.under:
        where["home"] = under(query.under)
    by_home = query.sort is BillSort.HOME
    order, hint = (BY_HOME, "run") if by_home else (LARGEST, "run_amount")
    return await order.page(db[COLLECTION], Bill, where, query, hint=hint)


async def any_of_run(
    db: Database, tx: Transaction, run_id: str, state: BillState, **more: Any
) -> bool:
    """Tell whether a run has a bill in a state of which more is true. By index `run`."""
    query = {"run_id": run_id, "state": state, **more}
    return await db[COLLECTION].find_one(query, {"_id": 1}, session=tx) is not None


async def drawn_of_run(db: Database, run_id: str) -> tuple[int, int]:
    """Count a run's bills that prepaid money alone paid whole, with their sum. Index `run`."""
    query = {"run_id": run_id, "state": BillState.PAID, **DRAWN_ONLY}
    group = {"_id": None, "count": {"$sum": 1}, "fen": {"$sum": "$amount_fen"}}
    rows = await (
        await db[COLLECTION].aggregate([{"$match": query}, {"$group": group}], hint="run")
    ).to_list()
    return (rows[0]["count"], rows[0]["fen"]) if rows else (0, 0)


async def homes_of(db: Database, *, after: str, limit: int, **of_round: Any) -> list[str]:
    """Return the next homes with bills of a round of a run, by path. Served by index `run`."""
    query = {**of_round, "home": {"$gt": after}}
    found: list[str] = []
    async for row in db[COLLECTION].find(query, {"home": 1}).sort("home", 1):
        if not found or row["home"] != found[-1]:
            if len(found) == limit:
                break
            found.append(row["home"])
    return found


async def news(db: Database, homes: Sequence[str], **of_round: Any) -> list[HomeNews]:
    """Return what a round of a run did to homes, by who owes it. Served by index `run`."""
    query = {**of_round, "home": {"$in": list(homes)}}
    # of bills that are owed what is left to pay: prepaid money may have paid some of it
    fen = "$owed_fen" if of_round["state"] is BillState.OWING else "$amount_fen"
    group: Document = {
        "_id": {"home": "$home", "liable_on": "$liable_on"},
        "kinds": {"$addToSet": "$kind"},
        "amount_fen": {"$sum": fen},
        "due_on": {"$min": "$due_on"},
    }
    cursor = await db[COLLECTION].aggregate([{"$match": query}, {"$group": group}])
    return [msgspec.convert({**row, **row["_id"]}, HomeNews) async for row in cursor]


async def of_home(
    db: Database, homes: Sequence[str], *, tx: Transaction | None = None
) -> list[Bill]:
    """Bills that homes owe and owed, of all kinds, also void ones. Served by `home_liable`."""
    states = [BillState.OWING, BillState.PAID, BillState.VOID]
    query = {"home": {"$in": list(homes)}, "state": {"$in": states}, **OF_HOMES}
    cursor = db[COLLECTION].find(query, session=tx, hint="home_liable")
    return msgspec.convert(await cursor.to_list(), list[Bill])


async def owing_of(
    db: Database, homes: Sequence[str], *, tx: Transaction | None = None
) -> list[Bill]:
    """Bills of fees by the month that homes owe. Served by `home_liable`."""
    query = {"home": {"$in": list(homes)}, "state": BillState.OWING, **OF_FEES}
    cursor = db[COLLECTION].find(query, session=tx, hint="home_liable")
    return msgspec.convert(await cursor.to_list(), list[Bill])


async def totals(db: Database, run_ids: Sequence[str]) -> dict[str, list[Total]]:
    """Return run → counts and sums of its bills as they are now. Covered by index `totals`."""
    keys = ("run_id", "kind", "account", "state")
    pipeline: list[Document] = [
        {"$match": {"run_id": {"$in": list(run_ids)}}},
        {
            "$group": {
                "_id": {key: f"${key}" for key in keys},
                "count": {"$sum": 1},
                "amount_fen": {"$sum": "$amount_fen"},
            }
        },
        {"$replaceWith": {"$mergeObjects": ["$_id", "$$ROOT"]}},
        {"$sort": dict.fromkeys(keys, 1)},
    ]
    found: dict[str, list[Total]] = {run_id: [] for run_id in run_ids}
    async for row in await db[COLLECTION].aggregate(pipeline, hint="totals"):
        found[row["run_id"]].append(msgspec.convert(row, Total))
    return found


async def issued_since(db: Database, homes: Mapping[str, Day], wanted: Document) -> list[Bill]:
    """Bills of fees, owed or paid, of a month since a day of each home; by home and month.

    `wanted`: what else is true of them. Served by index `home_liable`.
    """
    states = [BillState.OWING, BillState.PAID]
    query = {"home": {"$in": sorted(homes)}, "state": {"$in": states}, **OF_FEES, **wanted}
    found = msgspec.convert(await db[COLLECTION].find(query).to_list(), list[Bill])
    since = [b for b in found if b.last_month >= homes[b.home][:7]]
    return sorted(since, key=lambda bill: (bill.home, bill.period, bill.id))


def part_owing(claims: Claims, query: ListQuery) -> Part[Document]:
    """Unpaid fees of somebody, the latest first; then `page_of`. Index `home_liable`.

    Each window's part says where the page begins, so that no page before is read again.
    """
    return _part(_claimed(claims, BillState.OWING), query)


def part_paid(claims: Claims, query: ListQuery) -> Part[Document]:
    """What fees somebody's homes paid since they came. Order and index as `part_owing`."""
    own = [
        {**each, "paid_at": {"$gte": claims.since[each["home"]]}}
        for each in _claimed(claims, BillState.PAID)
    ]
    return _part(own, query)


def _part(own: Sequence[Document], query: ListQuery) -> Part[Document]:
    behind = LATEST.after(query.cursor)
    parts = [{"$and": [each, behind]} if behind else each for each in own]
    where: Document = {"$or": parts} if parts else {"home": unions.NOBODY}
    return LATEST.part(COLLECTION, where, msgspec.structs.replace(query, cursor=None))


def _claimed(claims: Claims, state: BillState) -> list[Document]:
    """Return the condition for each window of somebody's homes."""
    return [
        {"home": home, "state": state, **OF_HOMES, **_liable(window)}
        for home, windows in claims.windows.items()
        for window in windows
    ]


def _liable(window: Window) -> Document:
    days = {"$gte": window.first} | ({"$lte": window.last} if window.last else {})
    return {"liable_on": days}


def page_of(rows: Sequence[Document], query: ListQuery) -> Page[Bill]:
    """Return the page of what `part_owing` or `part_paid` found."""
    return LATEST.cut(rows, query.limit).map(lambda row: msgspec.convert(row, Bill))


async def owed(db: Database, claims: Claims) -> OwedBills:
    """Return how many fees somebody owes, and how much. Served by index `home_liable`."""
    if not claims.windows:
        return OwedBills(count=0, amount_fen=0)
    pipeline: list[Document] = [
        {"$match": {"$or": _claimed(claims, BillState.OWING)}},
        {"$group": {"_id": None, "count": {"$sum": 1}, "amount_fen": {"$sum": "$owed_fen"}}},
    ]
    cursor = await db[COLLECTION].aggregate(pipeline)
    rows = await cursor.to_list()
    return msgspec.convert(rows[0], OwedBills) if rows else OwedBills(count=0, amount_fen=0)


async def of_debtor(
    db: Database, person: str, state: BillState, query: ListQuery
) -> Page[Bill]:
    """List what somebody owes or paid for repairs, the latest first. By `debtor_liable`."""
    own = {"debtor": person, "state": state}
    return await LATEST.page(db[COLLECTION], Bill, own, query, hint="debtor_liable")
