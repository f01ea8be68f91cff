"""Terms of feedback: one document a city, found by its path."""

from typing import Any, Final

from pymongo import IndexModel

COLLECTION: Final = "feedback_terms"
SHARD_KEY: Final = {"_id": 1}
INDEXES: Final[list[IndexModel]] = []

MINUTES: Final[dict[str, Any]] = {"bsonType": ["int", "long"], "minimum": 60}
OFFICES: Final = [
    "unit_head",
    "building_head",
    "grid_head",
    "community_staff",
    "subdistrict_staff",
    "firm_manager",
    "department",
]
VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "spans", "version", "set_by", "set_at"],
    "properties": {
        "spans": {
            "bsonType": "object",
            "required": OFFICES,
            "properties": dict.fromkeys(OFFICES, MINUTES),
        },
        "version": {"bsonType": ["int", "long"], "minimum": 1},
    },
}
