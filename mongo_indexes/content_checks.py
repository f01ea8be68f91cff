"""Content checks: what residents write, until WeChat or a person has judged it."""

from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "content_checks"
SHARD_KEY: Final = None  # stays whole: one check of a content is open

INDEXES: Final = [
    # One version of a subject is checked at a time: insert() and void() of
    # services/content_checks/store.py
    IndexModel(
        [("open_key", ASCENDING)],
        name="open_key",
        unique=True,
        partialFilterExpression={"open_key": {"$gt": ""}},  # the planner does not use $type
    ),
    # The latest version of a subject: latest()
    IndexModel(
        [("subject", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)],
        name="subject",
    ),
    # What a person wrote: remove_of(), and an export
    IndexModel([("author", ASCENDING)], name="author"),
    # The list of who decides: page()
    IndexModel([("state", ASCENDING), ("place", ASCENDING), ("_id", ASCENDING)], name="state"),
    # The same at a large place, by time: page(). Those of a small place are few enough to be
    # sorted, which the planner finds out.
    IndexModel(
        [
            ("state", ASCENDING),
            ("created_at", ASCENDING),
            ("_id", ASCENDING),
            ("place", ASCENDING),
        ],
        name="state_time",
    ),
    # The text goes a month after the end; what is open has no such day.
    IndexModel([("expires_at", ASCENDING)], name="forget", expireAfterSeconds=0),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": [
        "_id",
        "subject",
        "place",
        "author",
        "state",
        "text_sealed",
        "pieces",
        "photo_ids",
        "found",
        "created_at",
        "expires_at",
    ],
    "properties": {
        "state": {"enum": ["pending", "doubtful", "passed", "refused", "void"]},
        "photo_ids": {"bsonType": "array", "maxItems": 9},
        "created_at": {"bsonType": "date"},
    },
    # What is over is removed in time, and what is open is not.
    "anyOf": [
        {
            "properties": {
                "state": {"enum": ["pending", "doubtful"]},
                "open_key": {"bsonType": "string"},
                "expires_at": {"bsonType": "null"},
            }
        },
        {
            "properties": {
                "state": {"enum": ["passed", "refused", "void"]},
                "open_key": {"bsonType": "null"},
                "expires_at": {"bsonType": "date"},
            }
        },
    ],
}
