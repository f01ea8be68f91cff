"""Rules of demands: when homes of a compound are reminded by themselves."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "demand_rules"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # Those that remind: services/demands/rules/store.py next_on()
    IndexModel(
        [("_id", ASCENDING), ("last_on", ASCENDING)],
        name="on",
        partialFilterExpression={"is_on": True},
    ),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "place", "firm", "days_after", "every_days", "is_on", "by", "at"],
    "properties": {
        # Nobody is reminded before the due day is over.
        "days_after": {
            "bsonType": "array",
            "minItems": 1,
            "maxItems": 6,
            "items": {"bsonType": ["int", "long"], "minimum": 1, "maximum": 365},
        },
        "is_on": {"bsonType": "bool"},
        "at": {"bsonType": "date"},
    },
}
