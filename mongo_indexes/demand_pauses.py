"""Pauses of demands: where nobody is asked for what they owe, and why."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "demand_pauses"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # Those at a place and below it, also lifted ones: demands/pauses/store.py page(), ever_at()
    IndexModel([("place", ASCENDING), ("_id", ASCENDING)], name="place"),
    # Those that hold around a home: at_places()
    IndexModel(
        [("place", ASCENDING), ("from_day", ASCENDING)],
        name="holding",
        partialFilterExpression={"state": "set"},
    ),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": [
        *("_id", "place", "of_home", "kind", "reason_sealed", "from_day", "by", "at", "state"),
    ],
    "properties": {
        "kind": {"enum": ["dispute", "agreement", "hardship", "mistake", "public", "other"]},
        "state": {"enum": ["set", "lifted"]},
        "until": {"bsonType": ["string", "null"]},
        "at": {"bsonType": "date"},
    },
}
