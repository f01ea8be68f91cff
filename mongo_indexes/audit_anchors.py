"""Audit anchors: the ends of all lanes, once an hour, chained among themselves."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "audit_anchors"
SHARD_KEY: Final = {"_id": 1}

INDEXES: Final = [
    # Read by `_id`: audit/store.py anchors(), last_anchor(). Kept a month longer than
    # the rows, to prove that missing rows were deleted by age
    IndexModel([("at", ASCENDING)], name="forget", expireAfterSeconds=400 * 24 * 3600),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "at", "heads", "previous", "mac"],
    "properties": {
        "_id": {"bsonType": ["int", "long"], "minimum": 1},
        "at": {"bsonType": "date"},
    },
}
