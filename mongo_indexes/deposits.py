"""Deposits: money kept for a home until it is given back, one of each voucher."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "deposits"
# `_id` names account, way and voucher, unique over all shards.
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # Those of a compound by time: deposits/store.py page()
    IndexModel(
        [("compound", ASCENDING), ("paid_at", ASCENDING), ("_id", ASCENDING)],
        name="compound_time",
    ),
    # Those of one home: of_homes()
    IndexModel([("home", ASCENDING), ("_id", ASCENDING)], name="home"),
    # One of each number, however it was typed: counter_payments/vouchers. It is not unique, as
    # two from before may have been typed in capitals and in small letters.
    IndexModel(
        [("account", ASCENDING), ("way", ASCENDING), ("voucher_key", ASCENDING)],
        name="voucher_key",
    ),
    # The same of the transfers that give them back
    IndexModel(
        [("account", ASCENDING), ("back_voucher_key", ASCENDING)],
        name="back_voucher_key",
        partialFilterExpression={"back_voucher_key": {"$gt": ""}},
    ),
]

# An objection that came after the decision waits for an answer.
FILLS: Final[dict[str, Any]] = {
    "objecting": {"$gt": ["$objected_at", "$decided_at"]},
    "reversals": 0,
    "voucher_key": {"$toLower": "$voucher"},
    "back_voucher_key": {"$toLower": "$back_voucher"},
}

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": [
        *("_id", "compound", "home", "kind", "payer_sealed", "account", "way", "voucher"),
        *("amount_fen", "taken_by", "state", "deduct_fen"),
    ],
    "properties": {
        "kind": {"enum": ["renovation", "keys", "rent", "other"]},
        "way": {"enum": ["cash", "transfer", "pos"]},
        "state": {"enum": ["kept", "asked", "approved", "returned", "deducted"]},
        "amount_fen": {"bsonType": ["int", "long"], "minimum": 1},
        "deduct_fen": {"bsonType": ["int", "long"], "minimum": 0},
    },
}
