"""Checkouts: bills of several payees that somebody set out to pay, one order after another."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "checkouts"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # What a person set out to pay: their export, their erasure
    IndexModel([("person", ASCENDING)], name="person"),
    # Whoever did not come back starts anew: MongoDB removes what is over.
    IndexModel([("expires_at", ASCENDING)], name="over", expireAfterSeconds=0),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "person", "parts", "created_at", "expires_at"],
    "properties": {
        "person": {"bsonType": "string"},
        "parts": {"bsonType": "array", "minItems": 1},
        "one_by_one": {"bsonType": "bool"},
        "expires_at": {"bsonType": "date"},
    },
}
