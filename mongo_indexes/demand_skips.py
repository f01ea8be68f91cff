"""Households that a round of demands left out, each with its reason."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "demand_skips"
SHARD_KEY: Final = {"round_id": 1, "home": 1}

INDEXES: Final = [
    # Those of a round, by home: services/demands/rounds/store.py skips()
    IndexModel(
        [("round_id", ASCENDING), ("home", ASCENDING), ("_id", ASCENDING)], name="round"
    ),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "round_id", "home", "household", "because", "amount_fen"],
    "properties": {
        "because": {
            "enum": [
                *("own_home", "paused", "disputed", "promised", "payment_under_way"),
                *("asked_before", "nobody_bound", "nobody_known", "agreed"),
            ]
        },
        "until": {"bsonType": ["string", "null"]},
    },
}
