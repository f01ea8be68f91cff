"""Counter payments: money that came without WeChat, one of each voucher."""

from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "counter_payments"
# `_id` names account, way and voucher, unique over all shards.
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # Those of a compound by time: counter_payments/store.py page()
    IndexModel(
        [("compound", ASCENDING), ("taken_at", DESCENDING), ("_id", DESCENDING)],
        name="compound_time",
    ),
    # Those of an account and way by the day of the money: of_day(), days_of()
    IndexModel(
        [("account", ASCENDING), ("way", ASCENDING), ("paid_at", ASCENDING)],
        name="account_paid",
    ),
    # Those that were booked on a later day than their money's: late()
    IndexModel(
        [("account", ASCENDING), ("way", ASCENDING), ("taken_at", ASCENDING)],
        name="account_taken",
    ),
    # One of each number, however it was typed: counter_payments/vouchers. It is not unique, as
    # two from before may have been typed in capitals and in small letters.
    IndexModel(
        [("account", ASCENDING), ("way", ASCENDING), ("voucher_key", ASCENDING)],
        name="voucher_key",
    ),
    # What a person took, for their export: services/privacy/rows.py rows_of()
    IndexModel([("taken_by", ASCENDING), ("_id", ASCENDING)], name="taken_by"),
]

FILLS: Final[dict[str, Any]] = {"voucher_key": {"$toLower": "$voucher"}}

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "compound", "way", "voucher", "account", "amount_fen", "taken_by"],
    "properties": {
        "way": {"enum": ["cash", "transfer", "pos"]},
        "amount_fen": {"bsonType": ["int", "long"], "minimum": 1},
    },
}
