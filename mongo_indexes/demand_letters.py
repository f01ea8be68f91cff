"""Reminder letters: papers for homes that owe, until they are handed over."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "demand_letters"
SHARD_KEY: Final = {"home": 1}

INDEXES: Final = [
    # No household has two letters within the days of a round: insert_many(), taken() of
    # services/demands/letters/store.py
    IndexModel([("home", ASCENDING), ("slots", ASCENDING)], name="slots", unique=True),
    # Those under a place, by home: page()
    IndexModel([("home", ASCENDING), ("_id", ASCENDING)], name="home"),
    # Those of a round, by home: page(), of_round()
    IndexModel(
        [("round_id", ASCENDING), ("home", ASCENDING), ("_id", ASCENDING)], name="round"
    ),
    # What somebody was asked for: an export of one's own data
    IndexModel([("people", ASCENDING)], name="people"),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": [
        *("_id", "round_id", "home", "household", "lines", "amount_fen", "since"),
        *("pay_within", "slots", "state", "made_at"),
    ],
    "properties": {
        "state": {"enum": ["made", "delivered", "undelivered"]},
        "lines": {"bsonType": "array", "minItems": 1},
        "slots": {"bsonType": "array", "minItems": 1},
        "amount_fen": {"bsonType": ["int", "long"], "minimum": 1},
        "photos": {"bsonType": "array", "maxItems": 3},
        "made_at": {"bsonType": "date"},
    },
}
