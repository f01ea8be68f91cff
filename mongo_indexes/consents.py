"""Consents: which person agreed to which version of which text, and when it ended."""

from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "consents"
SHARD_KEY: Final = {"person": "hashed"}

INDEXES: Final = [
    # What a person agreed to, newest first: services/consents/store.py of_person();
    # what of it holds and what ends: find_given(), withdraw()
    IndexModel([("person", ASCENDING), ("_id", DESCENDING)], name="person"),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "person", "policy", "version", "sha256", "given_at"],
    "properties": {
        "version": {"bsonType": ["int", "long"], "minimum": 1},
        "given_at": {"bsonType": "date"},
        "withdrawn_at": {"bsonType": ["date", "null"]},
    },
}
