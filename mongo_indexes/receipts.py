from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "receipts"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # Two receipts never carry the same number: payments/store.py insert_receipt()
    IndexModel([("number", ASCENDING)], name="number", unique=True),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "number", "person", "lines", "amount_fen", "paid_at"],
}
