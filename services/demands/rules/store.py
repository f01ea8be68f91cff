"""Store of rules of demands."""

from typing import Final

import msgspec
from pymongo import ReturnDocument

from mongo_indexes.demand_rules import COLLECTION
from services.demands.rules.models import DemandRule
from services.dependencies import Database, Transaction
from services.kernel.days import Day
from services.kernel.documents import Document, to_document

ON: Final[Document] = {"is_on": True}


async def put(db: Database, tx: Transaction, rule: DemandRule) -> DemandRule:
    """Write a rule, in the stead of the one before; when it was last looked at stays."""
    document = to_document(rule)
    key = {"_id": document.pop("_id")}
    last_on, _ = document.pop("last_on"), document.pop("version")
    changes = {
        "$set": document,
        "$inc": {"version": 1},
        "$setOnInsert": {"last_on": last_on},
    }
    kept = await db[COLLECTION].find_one_and_update(
        key, changes, upsert=True, return_document=ReturnDocument.AFTER, session=tx
    )
    return msgspec.convert(kept, DemandRule)


async def find(db: Database, rule_id: str) -> DemandRule | None:
    document = await db[COLLECTION].find_one({"_id": rule_id})
    return msgspec.convert(document, DemandRule | None)


async def next_on(db: Database, after: str, day: Day, *, limit: int) -> list[DemandRule]:
    """Return the next rules that are on and were not looked at on a day. By index `on`."""
    query: Document = {**ON, "_id": {"$gt": after}}
    query["$or"] = [{"last_on": None}, {"last_on": {"$lt": day}}]
    cursor = db[COLLECTION].find(query).sort("_id", 1).limit(limit).hint("on")
    return msgspec.convert(await cursor.to_list(), list[DemandRule])


async def note_day(db: Database, tx: Transaction, rule: DemandRule, day: Day) -> bool:
    """Note that a rule was looked at; False when it is another one by now, or was already."""
    key = {"_id": rule.id, "version": rule.version, "last_on": rule.last_on}
    result = await db[COLLECTION].update_one(key, {"$set": {"last_on": day}}, session=tx)
    return result.matched_count == 1
