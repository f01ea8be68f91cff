"""Journal: the balanced, immutable entries of the double-entry ledger."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "journal"
# The identity is in `_id`, so that "posted once" holds over all shards.
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # Balance of one account: ledger/store.py balance()
    IndexModel([("postings.account", ASCENDING), ("at", ASCENDING)], name="account"),
    # What was booked of a compound beside its bills: of_place()
    IndexModel(
        [("place", ASCENDING), ("kind", ASCENDING), ("at", ASCENDING), ("_id", ASCENDING)],
        name="place",
    ),
    # Proof that nothing was changed, in order of time: between()
    IndexModel([("at", ASCENDING), ("_id", ASCENDING)], name="at"),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "kind", "place", "at", "postings", "fingerprint"],
    "properties": {
        "postings": {
            "bsonType": "array",
            "minItems": 2,
            "items": {
                "bsonType": "object",
                "required": ["account", "amount_fen"],
                "properties": {"amount_fen": {"bsonType": ["int", "long"]}},
            },
        }
    },
}
