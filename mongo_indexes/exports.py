"""Exports: files that people asked for, and how far each is."""

from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "exports"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # A person's own, the newest first: services/exports/store.py of_person(), their erasure
    IndexModel([("person", ASCENDING), ("_id", DESCENDING)], name="person"),
    # A file is kept for a day: MongoDB removes what is over.
    IndexModel([("expires_at", ASCENDING)], name="over", expireAfterSeconds=0),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "person", "kind", "state", "created_at", "expires_at"],
    "properties": {
        "person": {"bsonType": "string"},
        "state": {"enum": ["writing", "ready", "refused"]},
        "rows": {"bsonType": ["int", "long"], "minimum": 0},
        "bytes": {"bsonType": ["int", "long"], "minimum": 0},
        "expires_at": {"bsonType": "date"},
    },
    # What is ready can be opened.
    "anyOf": [
        {"properties": {"state": {"enum": ["writing", "refused"]}}},
        {"properties": {"attempt": {"bsonType": "string", "minLength": 1}}},
    ],
}
