"""Contracts: which property firm serves which compound between which days."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "contracts"
SHARD_KEY: Final = {"place": 1, "_id": 1}

INDEXES: Final = [
    # The compounds that a firm serves: firms/store.py compounds_of(). Covers it.
    IndexModel(
        [
            ("firm", ASCENDING),
            ("to_day", ASCENDING),
            ("from_day", ASCENDING),
            ("place", ASCENDING),
        ],
        name="firm",
    ),
    # Who serves a compound, on every request of a firm's people: firms/store.py holding_on(),
    # overlapping(), not_over(); the contracts under a place: page_under()
    IndexModel([("place", ASCENDING), ("_id", ASCENDING)], name="place"),
    # Those under a large place by the day they were signed or end: page_under(). Of a small
    # place they are few enough to be sorted, which the planner finds out.
    IndexModel(
        [("signed_at", ASCENDING), ("_id", ASCENDING), ("place", ASCENDING)], name="signed"
    ),
    IndexModel(
        [("to_day", ASCENDING), ("_id", ASCENDING), ("place", ASCENDING)], name="ending"
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "firm", "place", "from_day", "to_day", "agreed_to_day", "signed_by"],
    "properties": {
        "from_day": {"bsonType": "string"},
        "to_day": {"bsonType": "string"},
    },
}
