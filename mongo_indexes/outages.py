"""Outages: something that homes share does not work for a while, planned or sudden."""

from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "outages"
SHARD_KEY: Final = {"compound": 1, "_id": 1}

INDEXES: Final = [
    # What runs or is to come in a compound: repairs/outages/store.py announced()
    IndexModel(
        [("compound", ASCENDING), ("state", ASCENDING), ("begins_at", ASCENDING)],
        name="announced",
    ),
    # The list, the latest first: page()
    IndexModel(
        [("begins_at", DESCENDING), ("_id", DESCENDING), ("compound", ASCENDING)],
        name="newest",
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": [
        "_id",
        "compound",
        "places",
        "kind",
        "planned",
        "categories",
        "begins_at",
        "ends_at",
        "text",
        "state",
        "version",
        "reports",
        "announced_by",
        "announced_at",
    ],
    "properties": {
        "places": {"bsonType": "array", "minItems": 1, "maxItems": 50},
        "kind": {"enum": ["water", "electricity", "heating", "gas", "lift", "drains", "other"]},
        "state": {"enum": ["announced", "ended", "cancelled"]},
        "version": {"bsonType": ["int", "long"], "minimum": 1},
        "reports": {"bsonType": ["int", "long"], "minimum": 0},
    },
}
