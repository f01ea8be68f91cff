"""Rounds of heads, each with its checklist."""

from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "rounds"
SHARD_KEY: Final = {"place": 1, "_id": 1}
OPEN: Final[dict[str, Any]] = {"state": "open"}

INDEXES: Final = [
    # What an office has in hand, by its day: services/tasks/rounds/store.py in_hand(), due()
    IndexModel(
        [("held", ASCENDING), ("sort_due", ASCENDING), ("_id", ASCENDING)],
        name="held",
        partialFilterExpression=OPEN,
    ),
    # What an office had in hand, in one state, newest first: in_hand()
    IndexModel(
        [
            ("held", ASCENDING),
            ("state", ASCENDING),
            ("created_at", DESCENDING),
            ("_id", ASCENDING),
        ],
        name="held_newest",
    ),
    # How many are open under a place: count_open()
    IndexModel([("place", ASCENDING)], name="open_place", partialFilterExpression=OPEN),
    # All that are open, to see whether their office is held: open_after()
    IndexModel([("_id", ASCENDING), ("state", ASCENDING)], name="open"),
    # Lists of a small place, and of a large one: page()
    IndexModel([("place", ASCENDING), ("_id", DESCENDING)], name="place"),
    IndexModel(
        [("state", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)], name="newest"
    ),
    # Those of a plan: page()
    IndexModel([("plan", ASCENDING), ("place", ASCENDING)], name="plan"),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "plan", "run", "place", "role", "rung", "held", "checks", "state"],
    "properties": {
        "role": {"enum": ["unit_head", "building_head", "grid_head"]},
        "rung": {"enum": ["unit_head", "building_head", "grid_head", "community_staff"]},
        "held": {"bsonType": "array", "minItems": 1, "maxItems": 8},
        "checks": {"bsonType": "array", "minItems": 1, "maxItems": 30},
        "state": {"enum": ["open", "done", "missed"]},
        "steps": {"bsonType": ["int", "long"], "minimum": 1},
        "findings": {"bsonType": ["int", "long"], "minimum": 0},
    },
}
