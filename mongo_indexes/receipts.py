from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "receipts"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # A person's own, for their export: services/kernel/personal_data.py rows_of()
    IndexModel([("person", ASCENDING), ("_id", ASCENDING)], name="person"),
    # Somebody at the desk with a number in hand. Not unique: a number must never stop money.
    IndexModel([("number", ASCENDING)], name="by_number"),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "number", "person", "lines", "amount_fen", "paid_at"],
}
