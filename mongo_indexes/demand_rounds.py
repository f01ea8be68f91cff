"""Rounds of demands: each time that the homes of a place were gone through."""

from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "demand_rounds"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # Those under a place, the latest first: services/demands/rounds/store.py page()
    IndexModel(
        [("started_at", DESCENDING), ("_id", DESCENDING), ("place", ASCENDING)],
        name="started",
    ),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "place", "way", "overdue_days", "every_days", "by", "day", "state"],
    "properties": {
        "way": {"enum": ["message", "letter"]},
        "state": {"enum": ["gathering", "done"]},
        # Nobody is asked before the due day is over.
        "overdue_days": {"bsonType": ["int", "long"], "minimum": 1},
        "every_days": {"bsonType": ["int", "long"], "minimum": 7, "maximum": 90},
        "version": {"bsonType": ["int", "long"], "minimum": 0},
        "started_at": {"bsonType": "date"},
    },
}
