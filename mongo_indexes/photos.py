"""Photos and recordings: metadata and key of each sealed file, which lies outside."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "photos"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # A person's photos that are attached to nothing: services/photos/store.py
    # count_unattached(), count_unattached_films(); all of a person's: disown(), and an export
    IndexModel([("person", ASCENDING), ("attached_to", ASCENDING)], name="person"),
    # Whose time is over: due()
    IndexModel([("sweep_at", ASCENDING)], name="sweep_at"),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "person", "purpose", "state", "key_sealed", "attached_to", "sweep_at"],
    "properties": {
        "person": {"bsonType": "string"},
        "state": {"enum": ["writing", "ready", "going"]},
        "attached_to": {"bsonType": "string"},
        "place": {"bsonType": "string"},
        "needs": {"bsonType": ["string", "null"]},
        "bytes": {"bsonType": ["int", "long"], "minimum": 1},
        "seconds": {"bsonType": ["int", "long"], "minimum": 0},
        "piece_bytes": {"bsonType": ["int", "long"], "minimum": 0},
        "sweep_at": {"bsonType": ["date", "null"]},
    },
    # What is attached to nothing is removed in time, and what is attached is not.
    "anyOf": [
        {"properties": {"attached_to": {"enum": [""]}, "sweep_at": {"bsonType": "date"}}},
        {
            "properties": {
                "attached_to": {"not": {"enum": [""]}},
                "state": {"enum": ["ready"]},
                "sweep_at": {"bsonType": "null"},
            }
        },
    ],
}
