"""Store of rules of late charges."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from mongo_indexes.late_charge_rules import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under
from services.late_charges.rules.models import LateRule, LateRuleSort, LateRulesQuery
from services.late_charges.rules.states import TABLE, LateRuleAction, LateRuleState

ORDERS: Final = {
    LateRuleSort.NEWEST: Keyset(
        Key("proposed_at", ascending=False, kind=datetime), Key(ascending=False)
    ),
    LateRuleSort.PLACE: Keyset(Key("place"), Key()),
}
DECIDED: Final = (LateRuleState.IN_FORCE, LateRuleState.ENDED)


async def insert(db: Database, tx: Transaction, rule: LateRule) -> None:
    """Raise DuplicateKeyError for another rule of the payee, a kind and the same first day."""
    await db[COLLECTION].insert_one(to_document(rule), session=tx)


async def count(db: Database, tx: Transaction, place: str) -> int:
    """Count the rules of a compound, whatever became of them. Served by index `slots`."""
    query = {"place": place}
    return await db[COLLECTION].count_documents(query, session=tx, hint="slots")


async def find(db: Database, rule_id: str, *, tx: Transaction | None = None) -> LateRule | None:
    document = await db[COLLECTION].find_one({"_id": rule_id}, session=tx)
    return msgspec.convert(document, LateRule | None)


async def at_compounds(
    db: Database, compounds: Sequence[str], *, tx: Transaction | None = None
) -> list[LateRule]:
    """Return the rules of some compounds that held on some day. Served by index `slots`."""
    query: Document = {"place": {"$in": list(compounds)}, "state": {"$in": list(DECIDED)}}
    found = await db[COLLECTION].find(query, session=tx, hint="slots").to_list()
    return msgspec.convert(found, list[LateRule])


async def move(
    db: Database, tx: Transaction, rule: LateRule, action: LateRuleAction, **changes: Any
) -> LateRule | None:
    """Compare and set the state and the end of a rule; None when somebody was first."""
    key = {"_id": rule.id, "end_day": rule.end_day}
    moved = await TABLE.move_and_get(db[COLLECTION], key, action, changes, tx=tx)
    return msgspec.convert(moved, LateRule | None)


async def page(db: Database, place: str, query: LateRulesQuery) -> Page[LateRule]:
    """Rules of the compounds at or under a place. Served by `place` and `newest`."""
    where: Document = {"place": under(place), **chosen(query, "state", "account")}
    return await ORDERS[query.sort].page(db[COLLECTION], LateRule, where, query)
