"""Prices of repairs in homes: versions of the price band of each item of a contract."""

from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "repair_prices"
SHARD_KEY: Final = {"contract": 1}

INDEXES: Final = [
    # The price list of a contract, and the latest version of an item: repairs/prices/store.py
    # begun(), latest(), count_items(); of two versions at once one is the first: insert()
    IndexModel(
        [("contract", ASCENDING), ("code", ASCENDING), ("version", DESCENDING)],
        name="item",
        unique=True,
    ),
    # The list of a place's versions: page()
    IndexModel([("place", ASCENDING), ("_id", ASCENDING)], name="place"),
    # That of a large place, the newest first: page()
    IndexModel([("set_at", DESCENDING), ("_id", DESCENDING)], name="newest"),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": [
        "_id",
        "place",
        "contract",
        "code",
        "label",
        "unit",
        "kind",
        "low_fen",
        "high_fen",
        "version",
        "from_day",
        "set_by",
    ],
    "properties": {
        "kind": {"enum": ["labour", "material"]},
        "low_fen": {"bsonType": ["int", "long"], "minimum": 0},
        "high_fen": {"bsonType": ["int", "long"], "minimum": 0},
        "version": {"bsonType": ["int", "long"], "minimum": 1},
        "from_day": {"bsonType": "string"},
        "to_day": {"bsonType": ["string", "null"]},
    },
}
