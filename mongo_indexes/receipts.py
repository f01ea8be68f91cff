"""Receipts: one per payment that settled bills."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "receipts"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # Receipts of a person, for their export: services/privacy/rows.py rows_of()
    IndexModel([("person", ASCENDING), ("_id", ASCENDING)], name="person"),
    # Receipt by its printed number. Not unique: a collision of numbers must not stop money.
    IndexModel([("number", ASCENDING)], name="by_number"),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "number", "person", "lines", "amount_fen", "paid_at"],
}
