"""Push events: the keys of pushes from WeChat that were already applied."""

from datetime import timedelta
from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "push_events"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # WeChat repeats a push within a minute; a month serves the answering of complaints.
    IndexModel(
        [("received_at", ASCENDING)],
        name="forget",
        expireAfterSeconds=int(timedelta(days=30).total_seconds()),
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "kind", "received_at"],
    "properties": {"received_at": {"bsonType": "date"}},
}
