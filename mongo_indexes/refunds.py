"""Refunds: money on its way back to a payer."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "refunds"
# `_id` is the out_refund_no, unique over all shards.
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # A person's own: payments/refunds/store.py unfinished_of(), and their export
    IndexModel([("person", ASCENDING), ("_id", ASCENDING)], name="person"),
    # In a state, by time: payments/refunds/store.py page(), count_stuck()
    IndexModel(
        [("state", ASCENDING), ("requested_at", ASCENDING), ("_id", ASCENDING)],
        name="state_time",
    ),
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
