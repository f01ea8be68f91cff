"""Workers: the last heartbeat of every worker process."""

from datetime import timedelta
from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "workers"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # When a worker was last seen: services/jobs/store.py last_beat()
    IndexModel([("beat_at", DESCENDING)], name="beat_at"),
    # Workers without a heartbeat for a day are deleted
    IndexModel(
        [("beat_at", ASCENDING)],
        name="forget",
        expireAfterSeconds=int(timedelta(days=1).total_seconds()),
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "beat_at"],
    "properties": {"beat_at": {"bsonType": "date"}},
}
