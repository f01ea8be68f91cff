"""Returns of prepaid money: asked for by one of the staff, approved by another, handed out."""

from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "prepayment_returns"
SHARD_KEY: Final = {"account": 1}  # what is unique begins with it

INDEXES: Final = [
    # Those of a compound by time: payments/prepayment_returns/store.py page()
    IndexModel(
        [("compound", ASCENDING), ("asked_at", DESCENDING), ("_id", DESCENDING)],
        name="compound_time",
    ),
    # One of a prepayment waits for a decision at a time: insert()
    IndexModel(
        [("account", ASCENDING), ("prepayment", ASCENDING)],
        name="asked",
        unique=True,
        partialFilterExpression={"state": "asked"},
    ),
    # Those of a prepayment: of_prepayments()
    IndexModel(
        [("account", ASCENDING), ("prepayment", ASCENDING), ("asked_at", ASCENDING)],
        name="prepayment",
    ),
    # A transfer hands out the money of one return: move(), is_voucher_used()
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
]

FILLS: Final[dict[str, Any]] = {"voucher_key": {"$toLower": "$voucher"}}

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": [
        "_id",
        "number",
        "prepayment",
        "home",
        "compound",
        "kind",
        "account",
        "amount_fen",
        "reason",
        "state",
        "asked_by",
        "asked_at",
    ],
    "properties": {
        "kind": {"enum": ["property_fee", "waste_fee"]},
        "state": {"enum": ["asked", "approved", "done", "refused", "withdrawn"]},
        "amount_fen": {"bsonType": ["int", "long"], "minimum": 1},
    },
}
