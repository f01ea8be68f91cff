"""City clients: systems of a city that read and file repairs of a place, each by a key."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "city_clients"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # Whose a key is: repairs/city_clients/store.py find_by_key(). Its 192 random bits keep it
    # apart, and a unique index could not be sharded by.
    IndexModel([("key_index", ASCENDING)], name="key"),
    # The list of a place: page()
    IndexModel(
        [("added_at", ASCENDING), ("_id", ASCENDING), ("place", ASCENDING)], name="oldest"
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "name", "place", "key_index", "added_by", "added_at"],
    "properties": {
        "key_index": {"bsonType": "string"},
        "filed": {"bsonType": ["int", "long"], "minimum": 0},
        "ended_at": {"bsonType": ["date", "null"]},
    },
}
