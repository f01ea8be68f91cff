"""Firms: the property firms of the city, by their unified social credit code."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "firms"
SHARD_KEY: Final = {"credit_code": 1}

INDEXES: Final = [
    # A firm is entered once: firms/store.py firm_with()
    IndexModel([("credit_code", ASCENDING)], name="credit_code", unique=True),
    # The directory, the longest known first and by name: firms_page()
    IndexModel([("added_at", ASCENDING), ("_id", ASCENDING)], name="known"),
    IndexModel([("name", ASCENDING), ("_id", ASCENDING)], name="name"),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "name", "credit_code", "added_by", "added_at"],
    "properties": {"credit_code": {"bsonType": "string", "pattern": "^[0-9A-Z]{18}$"}},
}
