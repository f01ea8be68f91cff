"""Loans of keys: who has the key of a staircase, until when."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "key_loans"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # Loans under a place, by id: services/keys/store.py under_place()
    IndexModel([("home", ASCENDING), ("_id", ASCENDING)], name="home"),
    # Loans of a person: remove_of(), and the export
    IndexModel([("person", ASCENDING)], name="person"),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "home", "person", "door", "back_on", "state", "lent_at"],
    "properties": {"state": {"enum": ["lent", "overdue", "returned"]}},
}
