"""Rules of fee reductions: which homes of a compound pay less, by which paper, who decides."""

from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "fee_reduction_rules"
SHARD_KEY: Final = {"place": 1}

INDEXES: Final = [
    # Of two rules of one compound and cause one starts later, and each has its own version:
    # fee_reductions/rules/store.py insert(). The rules of a compound: of_compound()
    IndexModel([("place", ASCENDING), ("slots", ASCENDING)], name="slots", unique=True),
    # The list of a place's rules: page()
    IndexModel([("place", ASCENDING), ("_id", ASCENDING)], name="place"),
    # That of a large place by age: page()
    IndexModel([("created_at", DESCENDING), ("_id", DESCENDING)], name="newest"),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "place", "cause", "kinds", "share", "decider", "source", "start_day"],
    "properties": {
        "kinds": {"bsonType": "array", "minItems": 1},
        "share": {"bsonType": ["int", "long"], "minimum": 1, "maximum": 10000},
        "decider": {"enum": ["firm", "community"]},
        "slots": {"bsonType": "array", "minItems": 1},
    },
}
