"""Store of fee rules."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes.fee_rules import COLLECTION
from services.dependencies import Database, Transaction
from services.fees.models import FeeKind, FeeRule, FeeRuleSort, FeeRulesQuery
from services.kernel.days import active_on
from services.kernel.documents import to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import ancestors, under

ORDERS: Final = {
    FeeRuleSort.OLDEST: Keyset(Key("created_at", kind=datetime), Key()),
    FeeRuleSort.NEWEST: Keyset(
        Key("created_at", ascending=False, kind=datetime), Key(ascending=False)
    ),
    FeeRuleSort.PLACE: Keyset(Key("place"), Key()),
}


async def insert(db: Database, tx: Transaction, rule: FeeRule) -> None:
    """DuplicateKeyError when the place has a rule of that kind, start day and usage."""
    await db[COLLECTION].insert_one(to_document(rule), session=tx)


async def count(db: Database, tx: Transaction, place: str, kind: FeeKind) -> int:
    """Count the rules of a place for one kind of fee. Served by index `place`."""
    return await db[COLLECTION].count_documents({"place": place, "kind": kind}, session=tx)


async def like(db: Database, tx: Transaction, rule: FeeRule) -> FeeRule | None:
    """Return the rule that stands in this one's way. Served by index `slots`."""
    query = {"place": rule.place, "slots": {"$in": rule.slots}}
    document = await db[COLLECTION].find_one(query, session=tx)
    return msgspec.convert(document, FeeRule | None)


async def find(db: Database, tx: Transaction, rule_id: str) -> FeeRule | None:
    document = await db[COLLECTION].find_one({"_id": rule_id}, session=tx)
    return msgspec.convert(document, FeeRule | None)


async def end(db: Database, tx: Transaction, rule: FeeRule) -> bool:
    """Write down the end of a rule that has none yet."""
    changes = msgspec.to_builtins(rule, builtin_types=(datetime,))
    kept = ("end_day", "ended_by", "ended_at", "slots")
    result = await db[COLLECTION].update_one(
        {"_id": rule.id, "end_day": None},
        {"$set": {name: changes[name] for name in kept}},
        session=tx,
    )
    return result.modified_count == 1


async def page(db: Database, place: str, query: FeeRulesQuery) -> Page[FeeRule]:
    """Rules made for a place or below it. Served by the indexes `place` and `age`.

    Those of a compound are few enough to be sorted, those of a city are read in their order:
    the planner finds out.
    """
    where = {"place": under(place), **chosen(query, "kind", "account")}
    if query.on_day is not None:
        where |= active_on(query.on_day, first="start_day", last="end_day")
    return await ORDERS[query.sort].page(db[COLLECTION], FeeRule, where, query)


async def of_compound(db: Database, compound: str, kinds: Sequence[FeeKind]) -> list[FeeRule]:
    """Rules of a compound and everything in it, by id. Served by index `slots`."""
    query = {"place": under(compound), "kind": {"$in": list(kinds)}}
    found = await db[COLLECTION].find(query).to_list()
    return sorted(msgspec.convert(found, list[FeeRule]), key=lambda rule: rule.id)


async def for_homes(
    db: Database, homes: Sequence[str], kinds: Sequence[FeeKind], made_by: datetime
) -> list[FeeRule]:
    """Rules that may apply to one of the homes. Served by index `slots`."""
    places = sorted({place for home in homes for place in ancestors(home)})
    query = {
        "place": {"$in": places},
        "kind": {"$in": list(kinds)},
        "created_at": {"$lte": made_by},
    }
    cursor = db[COLLECTION].find(query)
    return msgspec.convert(await cursor.to_list(), list[FeeRule])
