"""Erasures: how far the clearing of each closed account is."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "erasures"
SHARD_KEY: Final = {"_id": "hashed"}
# Long enough to look whether it was done; the audit keeps longer that it was.
KEEP_SECONDS: Final = 90 * 24 * 3600

INDEXES: Final = [
    # Deleted when it was over for a while, and only then
    IndexModel([("finished_at", ASCENDING)], name="forget", expireAfterSeconds=KEEP_SECONDS),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "person", "state", "done", "steps", "asked_at"],
    "properties": {
        "person": {"bsonType": ["string", "null"]},
        "state": {"enum": ["closed", "done"]},
        "done": {"bsonType": "array", "items": {"bsonType": "string"}},
        "steps": {"bsonType": ["int", "long"], "minimum": 0},
    },
}
