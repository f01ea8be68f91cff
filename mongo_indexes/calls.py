"""Calls that somebody asked for: who, with whom, about what; no number and nothing said."""

from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "calls"
SHARD_KEY: Final = None  # stays whole: one call is open between two people
KEEP_SECONDS: Final = 365 * 24 * 3600  # a year

INDEXES: Final = [
    # One open call about one thing: insert(), find_open()
    IndexModel(
        [("open_key", ASCENDING)],
        name="open",
        unique=True,
        partialFilterExpression={"open_key": {"$gt": ""}},
    ),
    # Those whose time is over: lapse()
    IndexModel(
        [("ends_at", ASCENDING), ("open_key", ASCENDING)],
        name="ends",
        partialFilterExpression={"open_key": {"$gt": ""}},
    ),
    # Whom somebody asked for: asked_by()
    IndexModel([("asker", ASCENDING), ("_id", DESCENDING)], name="asker"),
    # Who asked for somebody; for erasure, too: asked_of(), remove_of()
    IndexModel(
        [("person", ASCENDING), ("_id", DESCENDING)],
        name="person",
    ),
    IndexModel([("asked_at", ASCENDING)], name="forget", expireAfterSeconds=KEEP_SECONDS),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": [
        "_id",
        "about",
        "subject",
        "place",
        "asker",
        "office",
        "state",
        "asked_at",
        "ends_at",
    ],
    "properties": {
        "state": {"enum": ["asked", "allowed", "calling_back", "declined", "lapsed"]},
        "open_key": {"bsonType": ["string", "null"]},
        "shown": {"bsonType": ["int", "long"], "minimum": 0},
    },
}
