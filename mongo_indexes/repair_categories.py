"""Categories of repairs: the tree of each city that changed the product's catalogue."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "repair_categories"
SHARD_KEY: Final = {"place": 1}

INDEXES: Final = [
    # The tree of a city, one code once: repairs/categories/store.py of_cities(), insert_many()
    IndexModel([("place", ASCENDING), ("code", ASCENDING)], name="code", unique=True),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": [
        "_id",
        "place",
        "code",
        "parent",
        "label",
        "scope",
        "danger",
        "skill",
        "emergency_fund",
        "from_day",
        "version",
    ],
    "properties": {
        "scope": {"enum": ["home", "common", "both"]},
        "danger": {"enum": ["danger", "urgent", "normal", "planned"]},
        "emergency_fund": {
            "enum": ["none", "roof_leak", "drain_blocked", "lift_failure", "facade_falling"]
        },
        "from_day": {"bsonType": "string"},
        "to_day": {"bsonType": ["string", "null"]},
        "version": {"bsonType": ["int", "long"], "minimum": 1},
    },
}
