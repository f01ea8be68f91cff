"""Payments: orders at WeChat Pay, each for bills of one payee."""

from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "payments"
SHARD_KEY: Final = None  # stays whole: a bill is in one open order at most

INDEXES: Final = [
    # A bill is in at most one open order: payments/store.py insert(), part_open()
    IndexModel(
        [("bill_ids", ASCENDING)],
        name="open_bill",
        unique=True,
        partialFilterExpression={"open": True},
    ),
    # A person's orders, newest first: of_person()
    IndexModel([("person", ASCENDING), ("_id", DESCENDING)], name="person"),
    # What was paid to an account on a day: unbilled()
    IndexModel([("account", ASCENDING), ("paid_at", ASCENDING)], name="paid"),
    # Open orders of an account that was switched off: open_of_account()
    IndexModel(
        [("account", ASCENDING), ("_id", ASCENDING)],
        name="open_account",
        partialFilterExpression={"open": True},
    ),
    # What one tap pays together: parts_of()
    IndexModel(
        [("combined.number", ASCENDING), ("_id", ASCENDING)],
        name="combined",
        partialFilterExpression={"combined.number": {"$exists": True}},
    ),
    # Orders nobody settled: silent(), missing()
    IndexModel(
        [("created_at", ASCENDING)], name="silent", partialFilterExpression={"open": True}
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "person", "account", "bill_ids", "amount_fen", "state", "open"],
    "properties": {
        "_id": {"bsonType": "string", "pattern": "^[0-9A-Za-z_-]{6,32}$"},
        "amount_fen": {"bsonType": ["int", "long"], "minimum": 1},
        "state": {"enum": ["created", "unknown", "prepaid", "paid", "closed", "suspended"]},
        "open": {"bsonType": "bool"},
        "bill_ids": {"bsonType": "array", "minItems": 1},
        "combined": {"bsonType": ["null", "object"]},
    },
}
