"""Media verdicts: pictures submitted to WeChat's check, and what it pushed about them."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "media_verdicts"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # A verdict comes within half an hour; one of nothing of ours is forgotten as well.
    IndexModel([("expires_at", ASCENDING)], name="forget", expireAfterSeconds=0),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "expires_at"],
    "properties": {
        "check": {"bsonType": "string"},
        "finding": {"enum": ["pass", "review", "risky"]},
        "expires_at": {"bsonType": "date"},
    },
}
