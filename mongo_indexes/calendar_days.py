"""Days off and days at work that the city entered, above what is published, by day."""

from typing import Any, Final

from pymongo import IndexModel

COLLECTION: Final = "calendar_days"
SHARD_KEY: Final = {"_id": 1}

# `_id` is the day: a range of days is read by it, working_time/calendar/store.py of_years().
INDEXES: Final[list[IndexModel]] = []

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "kind", "name", "source", "entered_by", "entered_at"],
    "properties": {
        "_id": {"bsonType": "string", "pattern": r"^20\d{2}-\d{2}-\d{2}$"},
        "kind": {"enum": ["holiday", "workday"]},
        "name": {"bsonType": "string"},
        "festival": {"bsonType": "string"},
        "source": {"bsonType": "object", "required": ["number", "title"]},
        "entered_at": {"bsonType": "date"},
    },
}
