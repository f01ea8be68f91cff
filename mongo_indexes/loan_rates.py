"""Loan prime rates that the city entered, by the day from which they hold."""

from typing import Any, Final

from pymongo import IndexModel

COLLECTION: Final = "loan_rates"
SHARD_KEY: Final = {"_id": 1}

# `_id` is the day: the last ones are read by it, late_charges/loans/store.py latest().
INDEXES: Final[list[IndexModel]] = []

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "rate", "source", "set_by", "set_at"],
    "properties": {
        "_id": {"bsonType": "string", "pattern": r"^20\d{2}-\d{2}-\d{2}$"},
        "rate": {"bsonType": ["int", "long"], "minimum": 1, "maximum": 3000},
        "set_at": {"bsonType": "date"},
    },
}
