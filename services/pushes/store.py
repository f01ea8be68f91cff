"""Store of pushes from WeChat that were dealt with."""

import hashlib
from datetime import datetime

from mongo_indexes import push_events
from services.dependencies import Database, Transaction

# Pushed events


async def insert(
    db: Database, dedupe_key: str, kind: str, at: datetime, tx: Transaction
) -> None:
    """Raise DuplicateKeyError, out of the transaction, when this push came before."""
    digest = hashlib.sha256(dedupe_key.encode()).hexdigest()  # the key names the person
    document = {"_id": digest, "kind": kind, "received_at": at}
    await db[push_events.COLLECTION].insert_one(document, session=tx)
