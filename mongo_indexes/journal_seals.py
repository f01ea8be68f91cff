"""Journal seals: what the journals of a place and day came to, chained per place."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "journal_seals"
SHARD_KEY: Final = {"place": 1}

INDEXES: Final = [
    # A place's chain has no fork; its end: ledger/seals/store.py find_last(), before()
    IndexModel([("place", ASCENDING), ("number", ASCENDING)], name="chain", unique=True),
    # Seals of a day, by place; the newest day: of_day(), last_day(), first_day()
    IndexModel([("day", ASCENDING), ("place", ASCENDING), ("number", ASCENDING)], name="day"),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "place", "number", "day", "digest", "previous", "hash", "mac"],
    "properties": {
        "number": {"bsonType": ["int", "long"], "minimum": 1},
        "marks": {"bsonType": "binData"},
    },
}
