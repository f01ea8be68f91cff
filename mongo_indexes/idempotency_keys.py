"""Idempotency keys: the first answer to each Idempotency-Key, kept for a day."""

from datetime import timedelta
from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "idempotency_keys"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # Keys are remembered for a day: services/idempotency/store.py
    IndexModel(
        [("started_at", ASCENDING)],
        name="forget",
        expireAfterSeconds=int(timedelta(days=1).total_seconds()),
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "fingerprint", "state", "started_at"],
    "properties": {"state": {"enum": ["running", "done"]}},
}
