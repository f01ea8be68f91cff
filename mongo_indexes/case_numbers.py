"""Case numbers: the last number given to a case, one document a kind, place and year."""

from typing import Final

from pymongo import IndexModel

COLLECTION: Final = "case_numbers"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final[list[IndexModel]] = []

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "last"],
    "properties": {"last": {"bsonType": ["int", "long"], "minimum": 1}},
}
