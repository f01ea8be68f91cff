"""Quotas: how often one WeChat user did what is limited by the day, longer than the account."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "quotas"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # A count is kept for as long as the limit looks back: services/quotas/store.py put()
    IndexModel([("expires_at", ASCENDING)], name="forget", expireAfterSeconds=0),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "at", "expires_at"],
    "properties": {
        "at": {"bsonType": "array", "items": {"bsonType": "date"}},
        "expires_at": {"bsonType": "date"},
    },
}
