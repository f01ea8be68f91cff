"""Discrepancies: differences between our orders and WeChat Pay's word about them."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "discrepancies"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # In a state, by id: payments/discrepancies/store.py page(), count()
    IndexModel([("state", ASCENDING), ("_id", ASCENDING)], name="state"),
    # In a state, by time: page()
    IndexModel(
        [("state", ASCENDING), ("found_at", ASCENDING), ("_id", ASCENDING)],
        name="state_time",
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "account", "doubts", "state", "found_at"],
    "properties": {
        "state": {"enum": ["open", "explained", "in_suspense", "returning", "returned"]}
    },
}
