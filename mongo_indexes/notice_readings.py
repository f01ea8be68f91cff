"""Readings of notices, and answers to them: one row for each person, or home, and notice."""

from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "notice_readings"
SHARD_KEY: Final = {"_id": "hashed"}

ANSWERED: Final = {"answered": True}

INDEXES: Final = [
    # What a person read, for their erasure and export: services/notices/readings/store.py
    # and forget()
    IndexModel(
        [("person", ASCENDING), ("home", ASCENDING)],
        name="person",
        partialFilterExpression={"person": {"$gt": ""}},
    ),
    # The answers to a notice, the newest first, or by home: answers()
    IndexModel(
        [("notice", ASCENDING), ("answered_at", DESCENDING), ("_id", DESCENDING)],
        name="answers",
        partialFilterExpression=ANSWERED,
    ),
    IndexModel(
        [("notice", ASCENDING), ("home", ASCENDING), ("_id", ASCENDING)],
        name="homes",
        partialFilterExpression=ANSWERED,
    ),
    # Those with one answer: answers()
    IndexModel(
        [
            ("notice", ASCENDING),
            ("choice", ASCENDING),
            ("answered_at", DESCENDING),
            ("_id", DESCENDING),
        ],
        name="answers_choice",
        partialFilterExpression=ANSWERED,
    ),
    IndexModel(
        [
            ("notice", ASCENDING),
            ("choice", ASCENDING),
            ("home", ASCENDING),
            ("_id", ASCENDING),
        ],
        name="homes_choice",
        partialFilterExpression=ANSWERED,
    ),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "notice", "person"],
    "properties": {
        "person": {"bsonType": "string"},
        "version": {"bsonType": ["int", "long"], "minimum": 0},
        "home": {"bsonType": "string"},
        "answered": {"bsonType": "bool"},
        "answered_at": {"bsonType": ["date", "null"]},
    },
}
