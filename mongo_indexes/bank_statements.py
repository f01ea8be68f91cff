"""Bank statements: files of a bank for an account, and what was read of them."""

from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "bank_statements"
# `_id` names the account and the file, unique over all shards.
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # Those of accounts by time: bank_statements/store.py page()
    IndexModel(
        [("account", ASCENDING), ("uploaded_at", DESCENDING), ("_id", DESCENDING)],
        name="account",
    ),
    # Those that have a day of an account: covering()
    IndexModel(
        [("account", ASCENDING), ("state", ASCENDING), ("last", ASCENDING)], name="days"
    ),
    # Those that are being read: reading()
    IndexModel(
        [("uploaded_at", ASCENDING)],
        name="reading",
        partialFilterExpression={"state": "reading"},
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "account", "state", "round", "uploaded_by", "uploaded_at"],
    "properties": {"state": {"enum": ["reading", "read", "refused"]}},
}
