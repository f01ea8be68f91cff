from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "audit_anchors"
SHARD_KEY: Final = {"_id": 1}

INDEXES: Final = [
    # In order, and two years long, twice as long as the rows: a hole must have a witness:
    # audit/store.py anchors_since(), any_anchor_until()
    IndexModel([("at", ASCENDING)], name="forget", expireAfterSeconds=732 * 24 * 3600),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "at", "heads", "digest"],
    "properties": {"at": {"bsonType": "date"}},
}
