from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "register_problems"
SHARD_KEY: Final = {"_id": 1}

INDEXES: Final = [
    # Problems are read by ranges of _id (run, row, column, code): services/register/store.py
    # What was wrong with a file is of no interest a quarter later.
    IndexModel([("expires_at", ASCENDING)], name="forget", expireAfterSeconds=0),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "row", "code", "severity", "message", "expires_at"],
    "properties": {
        "severity": {"enum": ["error", "warning"]},
        "expires_at": {"bsonType": "date"},
    },
}
