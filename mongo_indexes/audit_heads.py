"""Audit heads: the number and the fingerprint of the last row of each lane."""

from typing import Any, Final

COLLECTION: Final = "audit_heads"
SHARD_KEY: Final = {"_id": 1}

# `_id` is the lane: audit/store.py find_head(), append(), heads()
INDEXES: Final[list[Any]] = []

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "number", "mac"],
    "properties": {"_id": {"bsonType": ["int", "long"], "minimum": 0, "maximum": 63}},
}
