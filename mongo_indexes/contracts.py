"""Contracts: which property firm serves which compound between which days."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "contracts"
SHARD_KEY: Final = {"place": 1, "_id": 1}

INDEXES: Final = [
    # Who serves a compound, on every request of a firm's people: firms/store.py holding_on(),
    # overlapping(), not_over(); the contracts under a place: under_place()
    IndexModel([("place", ASCENDING), ("_id", ASCENDING)], name="place"),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "firm", "place", "from_day", "to_day", "agreed_to_day", "signed_by"],
    "properties": {
        "from_day": {"bsonType": "string"},
        "to_day": {"bsonType": "string"},
    },
}
