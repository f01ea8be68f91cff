from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "discrepancies"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # The open differences of one order: payments/store.py settle_discrepancies()
    IndexModel(
        [("account", ASCENDING), ("out_trade_no", ASCENDING), ("state", ASCENDING)],
        name="order",
    ),
    # The work list: discrepancies_in()
    IndexModel([("state", ASCENDING), ("_id", ASCENDING)], name="state"),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "account", "doubt", "state", "found_at"],
    "properties": {"state": {"enum": ["open", "explained", "in_suspense", "returned"]}},
}
