"""Trade bills: a day of a merchant account, WeChat's bill compared with the books."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "trade_bills"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # Days of an account that are settled: payments/trade_bills/store.py matched()
    IndexModel(
        [("account", ASCENDING), ("mchid", ASCENDING), ("day", ASCENDING)], name="account"
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "account", "mchid", "day", "state", "said", "found", "checked_at"],
    "properties": {"state": {"enum": ["differs", "matched"]}},
}
