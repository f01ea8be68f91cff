"""Terms of repairs: versions of how soon somebody comes and how soon it is mended."""

from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "repair_terms"
SHARD_KEY: Final = {"place": 1}

INDEXES: Final = [
    # What counts for a ticket, and the latest version of a scope: repairs/terms/store.py
    # begun(), latest(); of two versions at once one is the first: insert()
    IndexModel(
        [
            ("place", ASCENDING),
            ("danger", ASCENDING),
            ("contract", ASCENDING),
            ("category", ASCENDING),
            ("version", DESCENDING),
        ],
        name="scope",
        unique=True,
    ),
    # The list of a place's versions: page()
    IndexModel([("place", ASCENDING), ("_id", ASCENDING)], name="place"),
    # That of a large place, the newest first: page()
    IndexModel([("set_at", DESCENDING), ("_id", DESCENDING)], name="newest"),
]

SPAN: Final[dict[str, Any]] = {
    "bsonType": ["object", "null"],
    "required": ["minutes", "pace"],
    "properties": {
        "minutes": {"bsonType": ["int", "long"], "minimum": 1},
        "pace": {"enum": ["continuous", "working"]},
    },
}
VALIDATOR: Final = {
    "bsonType": "object",
    "required": [
        "_id",
        "place",
        "contract",
        "category",
        "danger",
        "version",
        "from_day",
        "response",
        "completion",
        "set_by",
    ],
    "properties": {
        "danger": {"enum": ["danger", "urgent", "normal", "planned"]},
        "version": {"bsonType": ["int", "long"], "minimum": 1},
        "from_day": {"bsonType": "string"},
        "response": SPAN,
        "completion": SPAN,
    },
}
