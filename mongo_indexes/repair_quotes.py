"""Quotes of repairs in homes: versions of what one repair costs."""

from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "repair_quotes"
SHARD_KEY: Final = None  # stays whole: versions of a repair's quotes

INDEXES: Final = [
    # The quotes of a repair, and the one that waits for a yes or has it:
    # repairs/quotes/store.py of_repair(), open_of(); of two at once one is the first: insert()
    IndexModel([("repair", ASCENDING), ("version", DESCENDING)], name="version", unique=True),
    # What of a home is under guarantee: guaranteed()
    IndexModel(
        [("place", ASCENDING), ("state", ASCENDING), ("guaranteed_until", DESCENDING)],
        name="guarantee",
    ),
    # What somebody said yes or no to, for their copy of it
    IndexModel(
        [("answered_by", ASCENDING), ("_id", ASCENDING)],
        name="answered_by",
        partialFilterExpression={"answered_by": {"$gt": ""}},
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": [
        "_id",
        "repair",
        "place",
        "firm",
        "payee",
        "account",
        "version",
        "lines",
        "total_fen",
        "guarantee_days",
        "state",
        "offered_by",
        "offered_at",
    ],
    "properties": {
        "state": {
            "enum": [
                "offered",
                "accepted",
                "declined",
                "superseded",
                "withdrawn",
                "lapsed",
                "billed",
            ]
        },
        "lines": {"bsonType": "array", "minItems": 1},
        # WeChat Pay refuses orders of 0 fen
        "total_fen": {"bsonType": ["int", "long"], "minimum": 1},
        "version": {"bsonType": ["int", "long"], "minimum": 1},
    },
}
