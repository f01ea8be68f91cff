"""Agreed services: what homes of a place are asked about, with what each would pay."""

from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "agreed_services"
SHARD_KEY: Final = {"compound": 1}

INDEXES: Final = [
    # A place is asked about a service once at a time: store.py insert()
    IndexModel([("compound", ASCENDING), ("slot", ASCENDING)], name="slot", unique=True),
    # Of a compound, the latest first days first: store.py page(), of_home()
    IndexModel(
        [("compound", ASCENDING), ("from_day", DESCENDING), ("_id", DESCENDING)],
        name="compound_day",
    ),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": [
        *("_id", "compound", "place", "slot", "title", "pricing", "rhythm", "part", "from_day"),
        *("to_day", "closing_day", "needed_percent", "source", "payee", "account", "shares"),
        *("state", "month", "done", "proposed_by"),
    ],
    "properties": {
        "pricing": {"enum": ["home", "area", "sum_by_home", "sum_by_area"]},
        "rhythm": {"enum": ["once", "monthly"]},
        "part": {"enum": ["all", "agreeing"]},
        "state": {"enum": ["proposed", "open", "agreed", "refused", "withdrawn", "ended"]},
        "needed_percent": {"bsonType": ["int", "long"], "minimum": 1, "maximum": 100},
        "agreed": {"bsonType": ["int", "long"], "minimum": 0},
        "declined": {"bsonType": ["int", "long"], "minimum": 0},
        "shares": {"bsonType": "array", "minItems": 1, "maxItems": 3000},
    },
}
