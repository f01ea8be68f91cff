"""Demands: each time that a household was asked for what it owes, with its proof."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "demands"
SHARD_KEY: Final = {"home": 1}

INDEXES: Final = [
    # No household is sent two messages within the days of a round: insert_many(), taken() of
    # services/demands/store.py
    IndexModel([("home", ASCENDING), ("slots", ASCENDING)], name="slots", unique=True),
    # Those of a home or under a place: page(), last_arrived()
    IndexModel([("home", ASCENDING), ("_id", ASCENDING)], name="home"),
    # Those of a round, by home: of_round()
    IndexModel(
        [("round_id", ASCENDING), ("home", ASCENDING), ("_id", ASCENDING)],
        name="round",
        partialFilterExpression={"round_id": {"$gt": ""}},
    ),
    # Messages of which it is not known what became: sent_of()
    IndexModel(
        [("round_id", ASCENDING), ("_id", ASCENDING)],
        name="sent",
        partialFilterExpression={"state": "sent"},
    ),
    # What somebody was asked for: of_people(), an export of one's own data
    IndexModel([("people", ASCENDING), ("round_id", ASCENDING)], name="people"),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": [
        *("_id", "home", "household", "way", "debtors", "people", "lines", "amount_fen"),
        *("since", "text", "slots", "by", "state", "at"),
    ],
    "properties": {
        "way": {"enum": ["message", "letter", "visit", "promise"]},
        "state": {"enum": ["sent", "arrived", "missed"]},
        "lines": {"bsonType": "array", "minItems": 1},
        "slots": {"bsonType": "array", "minItems": 1},
        "amount_fen": {"bsonType": ["int", "long"], "minimum": 1},
        "photos": {"bsonType": "array", "maxItems": 3},
        "at": {"bsonType": "date"},
        "arrived_on": {"bsonType": ["string", "null"]},
    },
    # What arrived has its day, and nothing else has one.
    "anyOf": [
        {
            "properties": {
                "state": {"enum": ["arrived"]},
                "arrived_on": {"bsonType": "string"},
            }
        },
        {
            "properties": {
                "state": {"enum": ["sent", "missed"]},
                "arrived_on": {"bsonType": "null"},
            }
        },
    ],
}
