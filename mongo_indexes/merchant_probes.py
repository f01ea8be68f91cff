"""Probes of merchant accounts: what the latest look at each found."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "merchant_probes"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # All, by account: merchants/probes/store.py page()
    IndexModel([("account", ASCENDING), ("_id", ASCENDING)], name="account"),
    # Those that failed: page(), count_failed()
    IndexModel(
        [("passed", ASCENDING), ("account", ASCENDING), ("_id", ASCENDING)], name="passed"
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "account", "kind", "passed", "checked_at"],
    "properties": {
        "kind": {
            "enum": ["signing", "platform_keys", "certificate", "call_back", "trade_managed"]
        },
        "passed": {"bsonType": "bool"},
    },
}
