"""Corrections of homes: area, use, room number, retired, merged, restored."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "home_corrections"
SHARD_KEY: Final = {"home": 1, "_id": 1}

INDEXES: Final = [
    # Corrections under a place, by home and time: services/home_corrections/store.py page()
    IndexModel([("home", ASCENDING), ("_id", ASCENDING)], name="home"),
    # Those of one kind: page()
    IndexModel(
        [("change", ASCENDING), ("home", ASCENDING), ("_id", ASCENDING)], name="change_home"
    ),
    # The newest of a large place, or of some days: page(). Those of a small place are few
    # enough to be sorted, which the planner finds out.
    IndexModel([("at", ASCENDING), ("_id", ASCENDING), ("home", ASCENDING)], name="time"),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": [
        "_id",
        "home",
        "change",
        "from_day",
        "before",
        "after",
        "document_sealed",
        "reason_sealed",
        "by",
        "at",
    ],
    "properties": {
        "change": {"enum": ["corrected", "retired", "merged", "restored"]},
        "from_day": {"bsonType": "string"},
    },
}
