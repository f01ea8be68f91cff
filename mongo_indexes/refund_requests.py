"""Requests of refunds: asked for by one of the staff, decided by another."""

from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "refund_requests"
SHARD_KEY: Final = {"account": 1}  # what is unique begins with it

INDEXES: Final = [
    # Those of a compound by time: payments/refund_requests/store.py page()
    IndexModel(
        [("compound", ASCENDING), ("asked_at", DESCENDING), ("_id", DESCENDING)],
        name="compound_time",
    ),
    # Those of a payment: of_payment()
    IndexModel([("payment", ASCENDING), ("asked_at", ASCENDING)], name="payment"),
    # By its number: payment_of()
    IndexModel([("number", ASCENDING)], name="by_number"),
    # A transfer gives back the money of one request: move()
    IndexModel(
        [("account", ASCENDING), ("voucher", ASCENDING)],
        name="voucher",
        unique=True,
        partialFilterExpression={"voucher": {"$gt": ""}},
    ),
    # The same, however it was typed: is_voucher_used(), while the bank account is held. It is
    # not unique, as two from before may have been typed in capitals and in small letters.
    IndexModel(
        [("account", ASCENDING), ("voucher_key", ASCENDING)],
        name="voucher_key",
        partialFilterExpression={"voucher_key": {"$gt": ""}},
    ),
    # A payer's own, for their export: services/privacy/rows.py rows_of()
    IndexModel([("person", ASCENDING), ("_id", ASCENDING)], name="person"),
]

FILLS: Final[dict[str, Any]] = {"voucher_key": {"$toLower": "$voucher"}}

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": [
        "_id",
        "number",
        "payment",
        "journal",
        "way",
        "account",
        "compound",
        "lines",
        "amount_fen",
        "reason",
        "state",
        "asked_by",
        "asked_at",
    ],
    "properties": {
        "way": {"enum": ["wechat", "cash", "transfer", "pos"]},
        "state": {"enum": ["asked", "approved", "done", "refused", "withdrawn"]},
        "amount_fen": {"bsonType": ["int", "long"], "minimum": 1},
    },
}
