"""Surveys: each once, however many are asked."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "surveys"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # What somebody is asked, by their tokens, the newest first: services/surveys/store.py
    # shown_page(). Readers are written as it opens
    IndexModel([("readers", ASCENDING), ("_id", ASCENDING)], name="readers"),
    # What is asked of homes of a place now, the newest first: open_at()
    IndexModel([("doors", ASCENDING), ("state", ASCENDING), ("_id", ASCENDING)], name="doors"),
    # What somebody works on, by the tokens of their offices: page()
    IndexModel([("senders", ASCENDING), ("_id", ASCENDING)], name="senders"),
    # The same in one state: page()
    IndexModel(
        [("senders", ASCENDING), ("state", ASCENDING), ("_id", ASCENDING)],
        name="senders_state",
    ),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": [
        "_id",
        "state",
        "role",
        "place",
        "places",
        "senders",
        "author",
        "title",
        "questions",
        "audience",
        "per",
        "finest",
        "by_relation",
        "closes_at",
        "revision",
    ],
    "properties": {
        "state": {"enum": ["draft", "open", "closed", "published", "withdrawn"]},
        "senders": {"bsonType": "array", "items": {"bsonType": "string"}},
        "readers": {"bsonType": "array", "items": {"bsonType": "string"}},
        "doors": {"bsonType": "array", "items": {"bsonType": "string"}},
        "questions": {"bsonType": "array", "minItems": 1, "maxItems": 30},
        "per": {"enum": ["home", "person"]},
        "finest": {"enum": ["compound", "building", "unit"]},
        "by_relation": {"bsonType": "bool"},
        "closes_at": {"bsonType": "date"},
        "revision": {"bsonType": ["int", "long"], "minimum": 0},
        "counted_at": {"bsonType": ["date", "null"]},
    },
}
