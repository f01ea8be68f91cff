"""Plans of recurring rounds of heads, and of those that are started by hand."""

from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "round_plans"
SHARD_KEY: Final = {"place": 1, "_id": 1}

INDEXES: Final = [
    # Lists of a small place, and of a large one: services/tasks/rounds/store.py page_plans()
    IndexModel([("place", ASCENDING), ("_id", DESCENDING)], name="place"),
    IndexModel(
        [("state", ASCENDING), ("made_at", DESCENDING), ("_id", DESCENDING)], name="newest"
    ),
    # Those that are due: next_due()
    IndexModel([("state", ASCENDING), ("next_day", ASCENDING)], name="due"),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "place", "places", "role", "title", "items", "state", "made_at"],
    "properties": {
        "role": {"enum": ["unit_head", "building_head", "grid_head"]},
        "items": {"bsonType": "array", "minItems": 1, "maxItems": 30},
        "state": {"enum": ["active", "ended"]},
        "next_day": {"bsonType": ["string", "null"]},
    },
}
