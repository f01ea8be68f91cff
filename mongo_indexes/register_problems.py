"""Register problems: errors and warnings of an import, by row and column."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "register_problems"
SHARD_KEY: Final = {"_id": 1}

INDEXES: Final = [
    # Problems are read by ranges of _id (run, row, column, code): services/register/store.py
    # Errors first: problems_of()
    IndexModel([("severity", ASCENDING), ("_id", ASCENDING)], name="severity"),
    # Problems are deleted after a quarter of a year.
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
