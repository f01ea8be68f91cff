"""Refunds: money on its way back to a payer."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "refunds"
# `_id` is the out_refund_no, unique over all shards.
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # A person's own: payments/privacy.py require_settled(), and their export
    IndexModel([("person", ASCENDING), ("_id", ASCENDING)], name="person"),
    # What waits for a person: payments/refund_store.py stuck(), count_stuck()
    IndexModel([("state", ASCENDING), ("_id", ASCENDING)], name="state"),
    # Refunds that are not settled: silent()
    IndexModel(
        [("requested_at", ASCENDING)], name="open", partialFilterExpression={"open": True}
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "payment", "account", "amount_fen", "state", "open", "source"],
    "properties": {
        "amount_fen": {"bsonType": ["int", "long"], "minimum": 1},
        "state": {"enum": ["requested", "sent", "done", "failed", "abnormal"]},
    },
}
