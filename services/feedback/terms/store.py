"""Store of terms of feedback: one document a city."""

import msgspec

from mongo_indexes.feedback_terms import COLLECTION
from services.dependencies import Database, Transaction
from services.feedback.terms.models import Terms
from services.kernel.documents import to_document


async def find(db: Database, city: str, *, tx: Transaction | None = None) -> Terms | None:
    document = await db[COLLECTION].find_one({"_id": city}, session=tx)
    return msgspec.convert(document, Terms | None)


async def put(db: Database, tx: Transaction, terms: Terms) -> bool:
    """Set terms behind the version before; False when somebody was first."""
    if terms.version == 1:
        done = await db[COLLECTION].update_one(
            {"_id": terms.id}, {"$setOnInsert": to_document(terms)}, upsert=True, session=tx
        )
        return done.upserted_id is not None
    key = {"_id": terms.id, "version": terms.version - 1}
    changed = await db[COLLECTION].replace_one(key, to_document(terms), session=tx)
    return changed.matched_count == 1
