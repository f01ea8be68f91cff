"""Rules of places for their notices, by place."""

from typing import Any, Final

from pymongo import IndexModel

COLLECTION: Final = "notice_rules"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final[list[IndexModel]] = []  # found by the places above a notice

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "second_eyes", "quiet_from", "quiet_to"],
    "properties": {
        "second_eyes": {"bsonType": "bool"},
        "quiet_from": {"bsonType": ["int", "long"], "minimum": 0, "maximum": 23},
        "quiet_to": {"bsonType": ["int", "long"], "minimum": 0, "maximum": 23},
    },
}
