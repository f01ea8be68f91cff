"""Requests for invoices: at most one of a receipt, by who paid it."""

from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "invoice_requests"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # Those under a place: payments/invoices/store.py page()
    IndexModel([("place", ASCENDING), ("_id", ASCENDING)], name="place"),
    # Those under a large place, in the order in which they were asked for: page()
    IndexModel(
        [("asked_at", DESCENDING), ("_id", DESCENDING), ("place", ASCENDING)], name="asked"
    ),
    # A person's own, for export and erasure: of_person()
    IndexModel([("person", ASCENDING), ("_id", ASCENDING)], name="person"),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "person", "place", "account", "amount_fen", "state", "asked_at"],
    "properties": {"state": {"enum": ["requested", "sent", "red"]}},
}
