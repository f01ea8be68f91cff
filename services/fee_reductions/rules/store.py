"""Store of rules of fee reductions."""

from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes.fee_reduction_rules import COLLECTION
from services.dependencies import Database, Transaction
from services.fee_reductions.rules.models import (
    Cause,
    ReductionRule,
    ReductionRuleSort,
    ReductionRulesQuery,
)
from services.kernel.days import active_on
from services.kernel.documents import to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under

ORDERS: Final = {
    ReductionRuleSort.NEWEST: Keyset(
        Key("created_at", ascending=False, kind=datetime), Key(ascending=False)
    ),
    ReductionRuleSort.PLACE: Keyset(Key("place"), Key()),
}


async def insert(db: Database, tx: Transaction, rule: ReductionRule) -> None:
    """DuplicateKeyError when the compound has one of that cause and start day, or version."""
    await db[COLLECTION].insert_one(to_document(rule), session=tx)


async def of_compound(
    db: Database, place: str, cause: Cause | None = None, *, tx: Transaction | None = None
) -> list[ReductionRule]:
    """Rules of a compound, the latest start first; few. Served by index `slots`."""
    query = {"place": place} | ({"cause": cause} if cause else {})
    found = await db[COLLECTION].find(query, session=tx, hint="slots").to_list()
    rules = msgspec.convert(found, list[ReductionRule])
    return sorted(rules, key=lambda rule: rule.start_day, reverse=True)


async def find(db: Database, tx: Transaction, rule_id: str) -> ReductionRule | None:
    document = await db[COLLECTION].find_one({"_id": rule_id}, session=tx)
    return msgspec.convert(document, ReductionRule | None)


async def end(db: Database, tx: Transaction, rule: ReductionRule) -> bool:
    """Write down the end of a rule that has none yet; False when it has one."""
    names = ("end_day", "ended_by", "ended_at", "slots")
    changes = {name: getattr(rule, name) for name in names}
    query = {"_id": rule.id, "end_day": None}
    done = await db[COLLECTION].update_one(query, {"$set": changes}, session=tx)
    return done.modified_count == 1


async def page(db: Database, place: str, query: ReductionRulesQuery) -> Page[ReductionRule]:
    """Rules of the compounds at or under a place. Served by the indexes `place` and `newest`.

    Those of a compound are few enough to be sorted, those of a city are read in their order:
    the planner finds out.
    """
    where = {"place": under(place), **chosen(query, "cause")}
    if query.on_day is not None:
        where |= active_on(query.on_day, first="start_day", last="end_day")
    return await ORDERS[query.sort].page(db[COLLECTION], ReductionRule, where, query)
