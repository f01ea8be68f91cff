"""Discrepancies: differences between our orders and WeChat Pay's word about them."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "discrepancies"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # The work list: payments/discrepancies/store.py in_states(), count()
    IndexModel([("state", ASCENDING), ("_id", ASCENDING)], name="state"),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "account", "doubts", "state", "found_at"],
    "properties": {
        "state": {"enum": ["open", "explained", "in_suspense", "returning", "returned"]}
    },
}
