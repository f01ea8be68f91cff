"""Deliveries of cash: one open at most of each person and payee."""

from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "cash_deliveries"
SHARD_KEY: Final = {"given_by": 1}

INDEXES: Final = [
    # Two of one person would count the same money twice: deliveries/store.py insert()
    IndexModel(
        [("given_by", ASCENDING), ("account", ASCENDING)],
        name="open_delivery",
        unique=True,
        partialFilterExpression={"open": True},
    ),
    # Those of a compound by time: deliveries/store.py page()
    IndexModel(
        [("compound", ASCENDING), ("given_at", DESCENDING), ("_id", DESCENDING)],
        name="compound_time",
    ),
    # What was taken over of an account on a day: taken_on()
    IndexModel(
        [("account", ASCENDING), ("state", ASCENDING), ("taken_at", ASCENDING)],
        name="account_taken",
    ),
    # What somebody handed over since a moment: last_given()
    IndexModel(
        [
            ("account", ASCENDING),
            ("state", ASCENDING),
            ("given_by", ASCENDING),
            ("given_at", DESCENDING),
        ],
        name="account_given",
    ),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": [
        "_id",
        "compound",
        "account",
        "given_by",
        "booked_fen",
        "counted_fen",
        "state",
    ],
    "properties": {
        "state": {"enum": ["offered", "taken", "withdrawn"]},
        "booked_fen": {"bsonType": ["int", "long"], "minimum": 0},
        "counted_fen": {"bsonType": ["int", "long"], "minimum": 0},
    },
}
