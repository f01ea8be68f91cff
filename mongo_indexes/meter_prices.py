"""Prices of what meters count, by compound, kind and first day."""

from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "meter_prices"
SHARD_KEY: Final = {"place": 1}

INDEXES: Final = [
    # One version of a number; the latest first: services/meters/prices/store.py
    IndexModel(
        [
            ("place", ASCENDING),
            ("kind", ASCENDING),
            ("from_day", DESCENDING),
            ("version", DESCENDING),
        ],
        name="version",
        unique=True,
    ),
    # Of a compound, the latest first: page()
    IndexModel(
        [
            ("place", ASCENDING),
            ("from_day", DESCENDING),
            ("version", DESCENDING),
            ("_id", DESCENDING),
        ],
        name="latest",
    ),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": [
        *("_id", "place", "kind", "price", "from_day", "version", "source", "payee"),
        *("written_by", "written_at"),
    ],
    "properties": {
        "kind": {"enum": ["water", "hot_water", "heat", "other"]},
        "price": {"bsonType": ["int", "long"], "minimum": 1},
        "version": {"bsonType": ["int", "long"], "minimum": 1},
    },
}
