"""Bank transfers: money that came into an account by a bank's file, one of each number."""

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
    # Whose payers are to be erased: with_old_names()
    IndexModel(
        [("names_until", ASCENDING)],
        name="names",
        partialFilterExpression={"names_until": {"$gt": datetime.fromtimestamp(0, UTC)}},
    ),
]

# Which job books what was chosen: nobody knows it of those from before.
FILLS: Final[dict[str, Any]] = {"job": "", "number_key": {"$toLower": "$number"}}

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "account", "statement", "number", "day", "amount_fen", "state", "fit"],
    "properties": {
        "state": {"enum": ["open", "chosen", "booked", "refused", "no_fee"]},
        "fit": {"enum": ["booked", "certain", "several", "none"]},
        "amount_fen": {"bsonType": ["int", "long"], "minimum": 1},
    },
}
