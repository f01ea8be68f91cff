"""Turns of people at ordinary pushes: who had one is left in peace for an hour."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "push_turns"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # Turns that are over say nothing any more.
    IndexModel([("free_at", ASCENDING)], name="forget", expireAfterSeconds=0),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "free_at", "by"],
    "properties": {"free_at": {"bsonType": "date"}, "by": {"bsonType": "string"}},
}
