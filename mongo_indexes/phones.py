from typing import Any, Final

COLLECTION: Final = "phones"
SHARD_KEY: Final = {"_id": "hashed"}

# `_id` is a phone's blind index: who proves a number and who writes something under it meet in
# this one document, so neither can miss the other. accounts/store.py take_phone(), holders_of()
INDEXES: Final[list[Any]] = []

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id"],
    "properties": {"person": {"bsonType": ["string", "null"]}},
}
