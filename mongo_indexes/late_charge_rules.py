"""Rules of late charges (违约金): of which payee in a compound, by which clause."""

from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "late_charge_rules"
SHARD_KEY: Final = {"place": 1}

INDEXES: Final = [
    # Of two rules of one payee and kind one starts later: late_charges/rules/store.py insert();
    # those of a compound: count(), at_compounds()
    IndexModel([("place", ASCENDING), ("slots", ASCENDING)], name="slots", unique=True),
    # Those at a place and below it: page()
    IndexModel([("place", ASCENDING), ("_id", ASCENDING)], name="place"),
    # That of a large place by age: page()
    IndexModel([("proposed_at", DESCENDING), ("_id", DESCENDING)], name="newest"),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": [
        *("_id", "place", "account", "kinds", "daily_rate", "after_days", "source", "page"),
        *("version", "start_day", "slots", "state", "proposed_by", "proposed_at"),
    ],
    "properties": {
        "kinds": {"bsonType": "array", "minItems": 1},
        "daily_rate": {"bsonType": ["int", "long"], "minimum": 1, "maximum": 10000},
        "after_days": {"bsonType": ["int", "long"], "minimum": 1},
        "state": {"enum": ["proposed", "in_force", "ended", "refused"]},
        "slots": {"bsonType": "array", "minItems": 1},
    },
}
