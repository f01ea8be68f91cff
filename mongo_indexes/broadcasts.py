"""Broadcasts: one message to many, its text, and how far it got."""

from typing import Any, Final

from pymongo import IndexModel

COLLECTION: Final = "broadcasts"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final[list[IndexModel]] = []  # found by id alone

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "source", "key", "template", "state", "version", "created_at"],
    "properties": {
        "state": {"enum": ["gathering", "pushing", "done", "stopped"]},
        "urgency": {"enum": ["emergency", "answer", "waits", "dropped"]},
        "narrow": {"bsonType": "bool"},
        "touches": {"bsonType": ["int", "long"]},
        "version": {"bsonType": ["int", "long"], "minimum": 0},
        "rewritten_at": {"bsonType": ["date", "null"]},
        "next_push_at": {"bsonType": ["date", "null"]},
        "values": {"bsonType": "object", "additionalProperties": {"bsonType": "string"}},
    },
}
