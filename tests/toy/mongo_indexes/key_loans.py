"""Loans of keys: who has the key of a staircase, until when."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "key_loans"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # Loans under a place, by home: services/keys/store.py page()
    IndexModel([("home", ASCENDING), ("_id", ASCENDING)], name="home"),
    # How many keys are out: services/keys/measures.py
    IndexModel([("state", ASCENDING), ("home", ASCENDING)], name="state"),
    # Loans of a person: remove_of(), and the export
    IndexModel([("person", ASCENDING)], name="person"),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "home", "person", "door", "back_on", "state", "lent_at"],
    "properties": {"state": {"enum": ["lent", "overdue", "returned"]}},
}
