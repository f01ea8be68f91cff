"""Series of receipts: of one payee and one year, with the last number that was drawn."""

from typing import Any, Final

from pymongo import IndexModel

COLLECTION: Final = "receipt_series"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final[list[IndexModel]] = []  # by `_id`: payments/receipts/store.py

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "last"],
    "properties": {"last": {"bsonType": ["int", "long"], "minimum": 1}},
}
