"""Parts of tasks, one for the place of each head."""

from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "task_parts"
SHARD_KEY: Final = {"task": 1, "place": 1}
OPEN: Final[dict[str, Any]] = {"state": "open"}

INDEXES: Final = [
    # What an office has in hand, by its day: services/tasks/parts/store.py in_hand(), due()
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
    # Those of a task by place, and its progress: page(), progress()
    IndexModel([("task", ASCENDING), ("place", ASCENDING), ("_id", ASCENDING)], name="task"),
    # Those of a task that are not over: answerable()
    IndexModel(
        [("task", ASCENDING)],
        name="task_open",
        partialFilterExpression={"state": {"$in": ["open", "reported"]}},
    ),
    # What a head reported: reported_by()
    IndexModel(
        [("reported_by", ASCENDING), ("reported_at", ASCENDING)],
        name="reported",
        partialFilterExpression={"reported_by": {"$gt": ""}},
    ),
    # All that are open, to see whether their office is held: open_after()
    IndexModel([("_id", ASCENDING), ("state", ASCENDING)], name="open"),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "task", "place", "role", "rung", "held", "state", "created_at"],
    "properties": {
        "role": {"enum": ["unit_head", "building_head", "grid_head"]},
        "rung": {"enum": ["unit_head", "building_head", "grid_head", "community_staff"]},
        "held": {"bsonType": "array", "minItems": 1, "maxItems": 8},
        "state": {"enum": ["open", "reported", "accepted", "withdrawn"]},
        "steps": {"bsonType": ["int", "long"], "minimum": 1},
        "homes": {"bsonType": ["int", "long"], "minimum": 0},
        "done": {"bsonType": ["int", "long"], "minimum": 0},
        "nobody_there": {"bsonType": ["int", "long"], "minimum": 0},
    },
}
