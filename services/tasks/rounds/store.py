"""Store of plans of rounds and of rounds. Steps of rounds are written by services/cases."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from mongo_indexes import round_plans
from mongo_indexes.rounds import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under, under_any
from services.kernel.permissions import HEADS, Role
from services.kernel.today import MOST_COUNTED, Part
from services.tasks.rounds.models import (
    Check,
    MyRoundsQuery,
    Round,
    RoundPlan,
    RoundPlansQuery,
    RoundsQuery,
)
from services.tasks.rounds.states import PLANS, RoundPlanAction, RoundPlanState, RoundState

NEWEST_PLAN: Final = Keyset(
    Key("made_at", ascending=False, kind=datetime), Key(ascending=False)
)
NEWEST: Final = Keyset(Key("created_at", ascending=False, kind=datetime), Key(ascending=False))
MINE: Final = Keyset(Key("created_at", ascending=False, kind=datetime), Key())
BY_DUE: Final = Keyset(Key("sort_due", kind=datetime), Key())


async def insert_plan(db: Database, tx: Transaction, plan: RoundPlan) -> None:
    await db[round_plans.COLLECTION].insert_one(to_document(plan), session=tx)


async def find_plan(
    db: Database, plan_id: str, *, tx: Transaction | None = None
) -> RoundPlan | None:
    document = await db[round_plans.COLLECTION].find_one({"_id": plan_id}, session=tx)
    return msgspec.convert(document, RoundPlan | None)


async def end_plan(
    db: Database, tx: Transaction, plan: RoundPlan, changes: Mapping[str, Any]
) -> bool:
    """Compare and set the state; False when somebody was first."""
    key = {"_id": plan.id, "state": plan.state}
    collection = db[round_plans.COLLECTION]
    return await PLANS.move(collection, key, RoundPlanAction.END, dict(changes), tx=tx)


async def page_plans(
    db: Database, places: Sequence[str], query: RoundPlansQuery
) -> Page[RoundPlan]:
    """Plans under some places, newest first. Served by the indexes `place` and `newest`."""
    where = {
        "state": {"$in": list(RoundPlanState)},
        **chosen(query, "state"),
        **under_any("place", places),
    }
    return await NEWEST_PLAN.page(db[round_plans.COLLECTION], RoundPlan, where, query)


async def next_due(db: Database, today: str) -> RoundPlan | None:
    """Plan in use with a due day whose rounds were not made. Served by index `due`."""
    query = {"state": RoundPlanState.ACTIVE, "next_day": {"$gt": "", "$lte": today}}
    document = await db[round_plans.COLLECTION].find_one(query, sort=[("next_day", 1)])
    return msgspec.convert(document, RoundPlan | None)


async def go_on(db: Database, tx: Transaction, plan: RoundPlan, next_day: str | None) -> bool:
    """Write the next due day; False when another worker did, or the plan was ended."""
    key = {"_id": plan.id, "state": RoundPlanState.ACTIVE, "next_day": plan.next_day}
    change = {"$set": {"next_day": next_day}}
    done = await db[round_plans.COLLECTION].update_one(key, change, session=tx)
    return done.matched_count == 1


# Rounds


async def insert(db: Database, tx: Transaction, made: Round) -> None:
    await db[COLLECTION].insert_one(to_document(made), session=tx)


async def find(db: Database, round_id: str, *, tx: Transaction | None = None) -> Round | None:
    document = await db[COLLECTION].find_one({"_id": round_id}, session=tx)
    return msgspec.convert(document, Round | None)


async def page(db: Database, places: Sequence[str], query: RoundsQuery) -> Page[Round]:
    """Rounds under some places, newest first. Served by the indexes `place` and `newest`."""
    where: Document = {
        "state": {"$in": list(RoundState)},
        **chosen(query, "state", "overdue", plan_id="plan"),
        **under_any("place", places),
    }
    if query.has_findings is not None:
        where["findings"] = {"$gt": 0} if query.has_findings else 0
    return await NEWEST.page(db[COLLECTION], Round, where, query)


async def in_hand(db: Database, held: Sequence[str], query: MyRoundsQuery) -> Page[Round]:
    """Open rounds that some offices have in hand, by their day; of another state, newest first.

    Served by the indexes `held` and `held_newest`.
    """
    state = query.state or RoundState.OPEN
    where = {"held": {"$in": list(held)}, "state": state}
    order, index = (BY_DUE, "held") if state is RoundState.OPEN else (MINE, "held_newest")
    return await order.page(db[COLLECTION], Round, where, query, hint=index)


async def due(db: Database, held: Sequence[str], wanted: Part) -> list[Round]:
    """Part of what some offices have in hand, by its day and id. Served by index `held`."""
    where = {"held": {"$in": list(held)}, "state": RoundState.OPEN, **wanted.where("sort_due")}
    cursor = db[COLLECTION].find(where, hint="held").sort(BY_DUE.order).limit(wanted.limit)
    return msgspec.convert(await cursor.to_list(), list[Round])


async def count_open(db: Database, place: str) -> int:
    """Count open rounds under a place, up to a thousand. Served by index `open_place`.

    What lies with staff, as an office is vacant, is on no head's list.
    """
    heads = {"$in": list(HEADS)}
    query = {"place": under(place), "state": RoundState.OPEN, "rung": heads}
    collection = db[COLLECTION]
    return await collection.count_documents(query, hint="open_place", limit=MOST_COUNTED)


async def write_check(
    db: Database, tx: Transaction, found: Round, number: int, check: Check, findings: int
) -> bool:
    """Write one item of a round that was read in the transaction; False when it is over."""
    key = {"_id": found.id, "state": RoundState.OPEN}
    change: Document = {
        "$set": {f"checks.{number}": to_document(check)},
        "$inc": {"findings": findings},
    }
    return (await db[COLLECTION].update_one(key, change, session=tx)).matched_count == 1


async def link(db: Database, tx: Transaction, found: Round, number: int, check: Check) -> bool:
    """Write what a finding became, once; also of a round that is over."""
    key = {"_id": found.id, f"checks.{number}.filed": ""}
    change: Document = {"$set": {f"checks.{number}": to_document(check)}}
    return (await db[COLLECTION].update_one(key, change, session=tx)).matched_count == 1


async def open_after(db: Database, after: str, *, limit: int) -> list[Round]:
    """Open rounds by id. Served by index `open`."""
    query = {"_id": {"$gt": after}, "state": RoundState.OPEN}
    cursor = db[COLLECTION].find(query, hint="open").sort("_id", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Round])


async def hand(
    db: Database, tx: Transaction, found: Round, rung: Role, held: Sequence[str]
) -> bool:
    """Write which office has an open round in hand; False when it changed meanwhile."""
    key = {"_id": found.id, "state": RoundState.OPEN, "rung": found.rung, "held": found.held}
    change = {"$set": {"rung": rung, "held": list(held)}}
    return (await db[COLLECTION].update_one(key, change, session=tx)).matched_count == 1
