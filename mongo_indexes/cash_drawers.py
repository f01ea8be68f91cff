"""Drawers: what whoever lowers the cash of a person and payee writes, so that it comes once."""

from typing import Any, Final

from pymongo import IndexModel

COLLECTION: Final = "cash_drawers"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final[list[IndexModel]] = []  # by `_id`: counter_payments/drawers/store.py

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "person", "holds"],
    "properties": {"holds": {"bsonType": ["int", "long"], "minimum": 0}},
}
