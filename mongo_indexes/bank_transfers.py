"""Bank transfers: money that moved by a bank's file, one of each number and direction."""

from datetime import UTC, datetime
from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "bank_transfers"
# `_id` names the account and the bank's number, unique over all shards.
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # Those of accounts by day: bank_statements/transfers/store.py page(), of_day(), days_of()
    IndexModel(
        [("account", ASCENDING), ("day", ASCENDING), ("_id", ASCENDING)], name="account"
    ),
    # One of each number, however it was typed: counter_payments/vouchers. It is not unique, as
    # two from before may have been typed in capitals and in small letters.
    IndexModel([("account", ASCENDING), ("number_key", ASCENDING)], name="number_key"),
    # Those of a statement by day: page()
    IndexModel(
        [("statement", ASCENDING), ("day", ASCENDING), ("_id", ASCENDING)], name="statement"
    ),
    # Those of a statement in a state: next_chosen(), counts()
    IndexModel(
        [("statement", ASCENDING), ("state", ASCENDING), ("_id", ASCENDING)], name="states"
    ),
    # Those that are confirmed and not booked: chosen_by_then()
    IndexModel(
        [("chosen_at", ASCENDING)],
        name="chosen",
        partialFilterExpression={"state": "chosen"},
    ),
    # Those that were entered in a span, by day: entered(), which reads nothing else
    IndexModel(
        [
            ("account", ASCENDING),
            ("entered_at", ASCENDING),
            ("day", ASCENDING),
            ("amount_fen", ASCENDING),
        ],
        name="entered",
    ),
    # What came for a day of a card machine: settlements()
    IndexModel(
        [("account", ASCENDING), ("settled.day", ASCENDING)],
        name="settled",
        partialFilterExpression={"settled.day": {"$gt": ""}},
    ),
    # That of a payout: of_payouts()
    IndexModel(
        [("payment", ASCENDING)],
        name="payment",
        partialFilterExpression={"payment": {"$gt": ""}},
    ),
    # Whose payers are to be erased: with_old_names()
    IndexModel(
        [("names_until", ASCENDING)],
        name="names",
        partialFilterExpression={"names_until": {"$gt": datetime.fromtimestamp(0, UTC)}},
    ),
]

# Which job books what was chosen: nobody knows it of those from before. Before money that left
# was kept, all had come in.
FILLS: Final[dict[str, Any]] = {
    "job": "",
    "direction": "in",
    "number_key": {"$toLower": "$number"},
}

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "account", "statement", "number", "day", "amount_fen", "state", "fit"],
    "properties": {
        "direction": {"enum": ["in", "out"]},
        "state": {"enum": ["open", "chosen", "booked", "refused", "no_fee", "settled"]},
        "fit": {"enum": ["booked", "certain", "several", "none"]},
        "amount_fen": {"bsonType": ["int", "long"], "minimum": 1},
    },
}
