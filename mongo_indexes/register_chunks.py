"""Register chunks: sealed pieces of uploaded registers and of their rows."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "register_chunks"
SHARD_KEY: Final = {"_id": 1}

INDEXES: Final = [
    # Files and rows are deleted after use; this index deletes what a crash left behind.
    IndexModel([("expires_at", ASCENDING)], name="forget", expireAfterSeconds=0),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "sealed", "expires_at"],
    "properties": {
        "sealed": {"bsonType": "string"},
        "expires_at": {"bsonType": "date"},
    },
}
