"""Entries of the list of what heads have to do that somebody put off until a day."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "today_put_offs"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # What a person has put off, on each look at the list, and for their erasure and export:
    # services/today/store.py of_person(), forget()
    IndexModel([("person", ASCENDING), ("until", ASCENDING)], name="person"),
    # What has come back says nothing any more.
    IndexModel([("until", ASCENDING)], name="forget", expireAfterSeconds=0),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "person", "kind", "entry", "place", "until"],
    "properties": {
        "person": {"bsonType": "string", "minLength": 1},
        "kind": {"bsonType": "string", "minLength": 1},
        "entry": {"bsonType": "string", "minLength": 1},
        "place": {"bsonType": "string"},
        "until": {"bsonType": "date"},
    },
}
