"""Reconciliations: a day of an account, held against WeChat's, the bank's or hands' word."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "reconciliations"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # Days of an account: reconciliations/store.py of_account(), page(), moved_before()
    IndexModel(
        [("account", ASCENDING), ("day", ASCENDING), ("_id", ASCENDING)], name="account"
    ),
    # All, by day: page()
    IndexModel([("day", ASCENDING), ("_id", ASCENDING)], name="day"),
    # In a state, by day: page(), count()
    IndexModel([("state", ASCENDING), ("day", ASCENDING), ("_id", ASCENDING)], name="state"),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "account", "mchid", "day", "state", "billed", "booked", "checked_at"],
    "properties": {
        "state": {"enum": ["waiting", "fetched", "differing", "closed"]},
        "source": {"enum": ["wechat", "bank", "cash", "cards"]},
    },
}

# Before days of banks and of cash were kept, all were WeChat's.
FILLS: Final = {"source": "wechat"}
