"""Kept figures of repairs: sums by place, month of the report, and firm or category."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "repair_figures"
SHARD_KEY: Final = {"place": 1, "_id": 1}

INDEXES: Final = [
    # Of a place in some months: services/repairs/figures/store.py read(), of_month()
    IndexModel([("place", ASCENDING), ("month", ASCENDING), ("by", ASCENDING)], name="place"),
    # Of the places directly below one: read(), below()
    IndexModel([("parent", ASCENDING), ("month", ASCENDING), ("by", ASCENDING)], name="parent"),
]

# Of a month that is held there is only its lock: services/repairs/figures/store.py hold()
VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id"],
    "properties": {
        "by": {"enum": ["all", "category", "firm"]},
        "few": {"bsonType": "bool"},
        "counts": {"bsonType": "object"},
        "times": {"bsonType": "object"},
    },
}
