"""Store of pushes from WeChat that took effect: a repeat takes none."""

import hashlib
from datetime import datetime

from mongo_indexes import push_events
from services.dependencies import Database, Transaction


async def insert(
    db: Database, tx: Transaction, dedupe_key: str, kind: str, at: datetime
) -> None:
    """Raise DuplicateKeyError, out of the transaction, when this push came before."""
    document = {"_id": _digest(dedupe_key), "kind": kind, "received_at": at}
    await db[push_events.COLLECTION].insert_one(document, session=tx)


async def is_known(db: Database, tx: Transaction, dedupe_key: str) -> bool:
    """Tell whether a push took effect."""
    query = {"_id": _digest(dedupe_key)}
    return await db[push_events.COLLECTION].find_one(query, session=tx) is not None


def _digest(dedupe_key: str) -> str:
    return hashlib.sha256(dedupe_key.encode()).hexdigest()  # the key names the person
