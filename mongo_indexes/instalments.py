"""Instalment agreements (分期约定): what a household owes, in parts on days."""

from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "instalments"
SHARD_KEY: Final = None  # stays whole: a bill is in one agreement, wherever its home lies
OPEN: Final = {"state": {"$in": ["offered", "agreed", "kept"]}}

INDEXES: Final = [
    # A bill is in one agreement at a time: instalments/store.py insert()
    IndexModel(
        [("bills", ASCENDING)], name="open_bills", unique=True, partialFilterExpression=OPEN
    ),
    # Those of some homes, and of a place by home: of_homes(), page()
    IndexModel([("home", ASCENDING), ("_id", ASCENDING)], name="home"),
    # Those of a large place, the latest first: page()
    IndexModel([("offered_at", DESCENDING), ("_id", DESCENDING)], name="offered"),
    # Those that are kept, one after another: next_kept()
    IndexModel(
        [("state", ASCENDING), ("_id", ASCENDING)],
        name="kept",
        partialFilterExpression={"state": "kept"},
    ),
    # Those that wait for an answer or a decision, one after another: next_waiting()
    IndexModel(
        [("state", ASCENDING), ("_id", ASCENDING)],
        name="waiting",
        partialFilterExpression={"state": {"$in": ["offered", "agreed"]}},
    ),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": [
        *("_id", "home", "account", "bills", "amount_fen", "parts", "grace_days", "state"),
        *("offered_by", "offered_at"),
    ],
    "properties": {
        "state": {
            "enum": [
                *("offered", "agreed", "kept", "broken", "done", "declined", "refused"),
                "lapsed",
            ]
        },
        "amount_fen": {"bsonType": ["int", "long"], "minimum": 1},
        "bills": {"bsonType": "array", "minItems": 1, "maxItems": 60},
        "parts": {"bsonType": "array", "minItems": 2, "maxItems": 24},
    },
}
