"""Receipts: one per payment that settled bills, and the reversals of what went back."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "receipts"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # Receipts of a person, for their export: services/privacy/rows.py rows_of()
    IndexModel([("person", ASCENDING), ("_id", ASCENDING)], name="person"),
    # Receipt by its printed number. Not unique: a collision of numbers must not stop money.
    IndexModel([("number", ASCENDING)], name="by_number"),
    # Those that wait for their number in a series: payments/receipts/store.py unnumbered()
    IndexModel(
        [("series", ASCENDING), ("booked_at", ASCENDING), ("_id", ASCENDING)],
        name="unnumbered",
        partialFilterExpression={"unnumbered": True},
    ),
    # Numbers of a series in order: in_series()
    IndexModel(
        [("series", ASCENDING), ("serial", ASCENDING)],
        name="series_serial",
        partialFilterExpression={"serial": {"$gt": 0}},
    ),
    # What was reversed of a receipt: reversals_of()
    IndexModel(
        [("reverses", ASCENDING), ("_id", ASCENDING)],
        name="reverses",
        partialFilterExpression={"reverses": {"$gt": ""}},
    ),
    # Receipt by the token that is printed on it: find_by_token()
    IndexModel(
        [("token", ASCENDING)], name="token", partialFilterExpression={"token": {"$gt": ""}}
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "number", "person", "lines", "amount_fen", "paid_at"],
}
