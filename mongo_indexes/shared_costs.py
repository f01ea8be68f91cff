"""Shared costs (公摊): one cost of a place with the share of each of its homes."""

from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "shared_costs"
SHARD_KEY: Final = {"compound": 1}

INDEXES: Final = [
    # One document is shared once at a place, until it is refused: store.py insert()
    IndexModel([("compound", ASCENDING), ("slot", ASCENDING)], name="slot", unique=True),
    # Of a compound, the latest days first: store.py page()
    IndexModel(
        [("compound", ASCENDING), ("from_day", DESCENDING), ("_id", DESCENDING)],
        name="compound_day",
    ),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": [
        *("_id", "compound", "place", "slot", "title", "total_fen", "split", "from_day"),
        *("to_day", "payee", "account", "document_number", "shares", "state", "proposed_by"),
    ],
    "properties": {
        "split": {"enum": ["area", "home", "persons"]},
        "state": {"enum": ["proposed", "approved", "billed", "refused"]},
        "total_fen": {"bsonType": ["int", "long"], "minimum": 1},
        "shares": {"bsonType": "array", "minItems": 1, "maxItems": 3000},
    },
}
