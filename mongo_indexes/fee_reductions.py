"""Fee reductions: asked for or entered for a home, decided, and what bill runs take of them."""

from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "fee_reductions"
SHARD_KEY: Final = None  # stays whole: one request of a home for one cause is open

INDEXES: Final = [
    # One open request of a home for one cause: fee_reductions/store.py insert(), find_open()
    IndexModel(
        [("open_key", ASCENDING)],
        name="open_key",
        unique=True,
        partialFilterExpression={"open_key": {"$gt": ""}},  # the planner does not use $type
    ),
    # Those of a home, and of a place by home: of_homes(), granted_under(), of_home(), page()
    IndexModel([("home", ASCENDING), ("_id", ASCENDING)], name="home"),
    # Those of a large place, by age: page()
    IndexModel([("created_at", DESCENDING), ("_id", DESCENDING)], name="newest"),
    # And by their last day: page()
    IndexModel([("last_day", ASCENDING), ("_id", ASCENDING)], name="last_day"),
    # What a person asked for: of_person(), for export and erasure
    IndexModel(
        [("person", ASCENDING), ("_id", ASCENDING)],
        name="person",
        partialFilterExpression={"person": {"$gt": ""}},
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": [
        "_id",
        "home",
        "cause",
        "rule_id",
        "kinds",
        "share",
        "decider",
        "filed_by",
        "state",
        "from_day",
        "to_day",
        "last_day",
        "created_at",
    ],
    "properties": {
        "state": {"enum": ["requested", "granted", "refused", "withdrawn", "ended"]},
        "decider": {"enum": ["firm", "community"]},
        "share": {"bsonType": ["int", "long"], "minimum": 1, "maximum": 10000},
        "person": {"bsonType": ["string", "null"]},
        "photo_ids": {"bsonType": "array", "maxItems": 6},
    },
}
