"""Reserves of payments: what of each bill that a payment paid is going back, or went back."""

from typing import Any, Final

from pymongo import IndexModel

COLLECTION: Final = "refund_reserves"
# `_id` is the payment: whoever reserves writes this one document.
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final[list[IndexModel]] = []  # by `_id`: payments/refund_requests/store.py

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "fen", "sent", "version"],
    "properties": {
        "sent": {"bsonType": ["int", "long"], "minimum": 0},
        "version": {"bsonType": ["int", "long"], "minimum": 1},
    },
}
