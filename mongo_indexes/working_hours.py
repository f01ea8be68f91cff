"""Working hours of places that have their own, by place."""

from typing import Any, Final

from pymongo import IndexModel

COLLECTION: Final = "working_hours"
SHARD_KEY: Final = {"_id": "hashed"}

# `_id` is the place: found by a place and those above it, working_time/hours/store.py of_any().
INDEXES: Final[list[IndexModel]] = []

MINUTE: Final = {"bsonType": ["int", "long"], "minimum": 0, "maximum": 1440}

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "weekdays", "intervals", "set_by", "set_at"],
    "properties": {
        "weekdays": {
            "bsonType": "array",
            "minItems": 1,
            "maxItems": 7,
            "items": {"bsonType": ["int", "long"], "minimum": 1, "maximum": 7},
        },
        "intervals": {
            "bsonType": "array",
            "minItems": 1,
            "maxItems": 4,
            "items": {
                "bsonType": "object",
                "required": ["begins", "ends"],
                "properties": {"begins": MINUTE, "ends": MINUTE},
            },
        },
        "set_at": {"bsonType": "date"},
    },
}
