"""Homes that a broadcast means, and how each was reached."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "broadcast_homes"
SHARD_KEY: Final = {"broadcast": 1, "home": 1}

INDEXES: Final = [
    # Homes of a broadcast under a place, those that were not reached apart, also of several
    # broadcasts in one order: the module homes_store of services/messaging/broadcasts, for
    # its functions count(), reach() and unreached()
    IndexModel(
        [
            ("broadcast", ASCENDING),
            ("reached", ASCENDING),
            ("home", ASCENDING),
            ("_id", ASCENDING),
            ("pushed_at", ASCENDING),  # few homes are: found without reading the others
        ],
        name="by_home",
    ),
    # The homes of one person, for their erasure: forget()
    IndexModel([("people", ASCENDING)], name="people"),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "broadcast", "home", "people", "reached"],
    "properties": {
        "people": {"bsonType": "array", "items": {"bsonType": "string"}},
        "pushed_at": {"bsonType": ["date", "null"]},
        "shown_at": {"bsonType": ["date", "null"]},
        "answered_at": {"bsonType": ["date", "null"]},
        "visited_at": {"bsonType": ["date", "null"]},
        "reached": {"bsonType": "bool"},
    },
}
