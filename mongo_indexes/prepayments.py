"""Prepayments: money that a home's owners paid for bills to come, by fee and payee."""

from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "prepayments"
SHARD_KEY: Final = {"home": 1}  # `_id` is a digest of home, fee, account and owners

FILLED: Final = {"fen": {"$gt": 0}}

INDEXES: Final = [
    # What lies there for homes: prepayments/store.py of_homes(), follow_owners()
    IndexModel([("home", ASCENDING), ("_id", ASCENDING)], name="home"),
    # What lies there under a place, by home: page(); for bills that are published: filled()
    IndexModel(
        [("home", ASCENDING), ("kind", ASCENDING), ("_id", ASCENDING)],
        name="filled",
        partialFilterExpression=FILLED,
    ),
    # What lies there under a place, the largest first: page()
    IndexModel(
        [("fen", DESCENDING), ("home", ASCENDING), ("_id", ASCENDING)],
        name="largest",
        partialFilterExpression=FILLED,
    ),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "home", "kind", "account", "payee_name", "since", "fen", "version"],
    "properties": {
        "kind": {"enum": ["property_fee", "waste_fee"]},
        "fen": {"bsonType": ["int", "long"], "minimum": 0},
        "version": {"bsonType": ["int", "long"], "minimum": 0},
    },
}
