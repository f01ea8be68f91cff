"""Homes of the parts of tasks, with what was answered about each."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "task_homes"
SHARD_KEY: Final = {"part": 1, "home": 1}

INDEXES: Final = [
    # Homes of a part: services/tasks/parts/store.py homes(), find_home()
    IndexModel([("part", ASCENDING), ("home", ASCENDING)], name="part", unique=True),
    # Those of a task with a note or photos, which go after a time: with_traces()
    IndexModel(
        [("task", ASCENDING)], name="traces", partialFilterExpression={"has_traces": True}
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "task", "part", "home"],
    "properties": {
        "answer": {"enum": ["done", "nobody_there", None]},
        "number": {"bsonType": ["int", "long", "null"]},
        "photo_ids": {"bsonType": "array", "maxItems": 3},
        "at": {"bsonType": ["date", "null"]},
    },
}
