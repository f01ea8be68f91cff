"""Store of the rules for notices: one document for each place that has its own."""

from collections.abc import Sequence

import msgspec

from mongo_indexes.notice_rules import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import to_document
from services.notices.rules.models import NoticeRules


async def find_many(db: Database, places: Sequence[str]) -> list[NoticeRules]:
    """Return the rules of these places that have any."""
    found = await db[COLLECTION].find({"_id": {"$in": list(places)}}).to_list()
    return msgspec.convert(found, list[NoticeRules])


async def put(db: Database, tx: Transaction, rules: NoticeRules) -> None:
    document = to_document(rules)
    await db[COLLECTION].replace_one({"_id": rules.id}, document, upsert=True, session=tx)
