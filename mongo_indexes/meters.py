"""Meters of homes, each with all its readings."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "meters"
SHARD_KEY: Final = {"compound": 1}

INDEXES: Final = [
    # One meter of a serial number hangs in a compound at a time: services/meters/store.py
    IndexModel([("compound", ASCENDING), ("slot", ASCENDING)], name="slot", unique=True),
    # Of a place, by home: page()
    IndexModel(
        [("compound", ASCENDING), ("home", ASCENDING), ("_id", ASCENDING)], name="compound_home"
    ),
    # Of a kind, by home, as they are billed: of_kind()
    IndexModel(
        [
            ("compound", ASCENDING),
            ("kind", ASCENDING),
            ("home", ASCENDING),
            ("_id", ASCENDING),
        ],
        name="kind_home",
    ),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": [
        *("_id", "compound", "home", "slot", "kind", "serial", "unit", "from_day"),
        *("first_value", "readings", "billed_day", "billed_value", "version"),
    ],
    "properties": {
        "kind": {"enum": ["water", "hot_water", "heat", "other"]},
        "unit": {"enum": ["m3", "kwh", "gj"]},
        "readings": {"bsonType": "array"},
    },
}
