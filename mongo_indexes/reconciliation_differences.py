"""Differences of reconciliations: one row for each movement about which the sides differ."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "reconciliation_differences"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # All of a day: reconciliations/differences/store.py of_day(), page()
    IndexModel(
        [("reconciliation", ASCENDING), ("day", ASCENDING), ("_id", ASCENDING)],
        name="reconciliation",
    ),
    # In a state, by day: page(), count_open()
    IndexModel([("state", ASCENDING), ("day", ASCENDING), ("_id", ASCENDING)], name="state"),
    # Of some accounts, in a state, by day: page()
    IndexModel(
        [("account", ASCENDING), ("state", ASCENDING), ("day", ASCENDING), ("_id", ASCENDING)],
        name="account",
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "reconciliation", "account", "day", "kind", "entry", "state", "office"],
    "properties": {
        "state": {"enum": ["open", "explained", "credited", "closed"]},
        "entry": {"enum": ["payment", "refund", "fee", "balance", "delivery"]},
    },
}
