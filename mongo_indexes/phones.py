"""Phones: one document per phone number, by blind index, that transactions lock."""

from typing import Any, Final

COLLECTION: Final = "phones"
SHARD_KEY: Final = {"_id": "hashed"}

# `_id` is a phone's blind index: whoever proves a number and whoever writes under it lock this
# one document, so neither can miss the other. people/store.py take_phone(), holders_of()
INDEXES: Final[list[Any]] = []

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id"],
    "properties": {"person": {"bsonType": ["string", "null"]}},
}
