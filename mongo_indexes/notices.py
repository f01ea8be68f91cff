"""Notices: each once, however many read it."""

from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

from mongo_indexes._above import above

COLLECTION: Final = "notices"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # What a reader is shown, by their tokens, pinned ones first: services/notices/store.py
    # of shown_page() and shown_versions(). Readers are written as it is published
    IndexModel([("readers", ASCENDING), ("position", DESCENDING)], name="shown"),
    # What is shown now to homes of a place, pinned ones first: current_at()
    IndexModel(
        [("doors", ASCENDING), ("state", ASCENDING), ("position", DESCENDING)],
        name="doors",
    ),
    # What somebody works on, by the tokens of their offices: page()
    IndexModel([("senders", ASCENDING), ("_id", ASCENDING)], name="senders"),
    # The same in one state, or of one kind: page()
    IndexModel(
        [("senders", ASCENDING), ("state", ASCENDING), ("_id", ASCENDING)],
        name="senders_state",
    ),
    IndexModel(
        [("senders", ASCENDING), ("kind", ASCENDING), ("_id", ASCENDING)],
        name="senders_kind",
    ),
]

# As services/audiences/doors.py tokens() has it; empty where no home is meant.
FILLS: Final = {
    "doors": {
        "$cond": [
            {"$eq": [{"$ifNull": ["$audience.relations", []]}, []]},
            [],
            {
                "$reduce": {
                    "input": "$audience.places",
                    "initialValue": [],
                    "in": {
                        "$setUnion": [
                            "$$value",
                            [{"$concat": ["at|", "$$this"]}],
                            {
                                "$map": {
                                    "input": above("$this"),
                                    "as": "higher",
                                    "in": {"$concat": ["over|", "$$higher"]},
                                }
                            },
                        ]
                    },
                }
            },
        ]
    }
}

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": [
        "_id",
        "kind",
        "state",
        "role",
        "place",
        "places",
        "senders",
        "author",
        "title",
        "text",
        "audience",
        "revision",
        "version",
    ],
    "properties": {
        "kind": {"enum": ["information", "policy", "asks_answer", "emergency"]},
        "state": {
            "enum": ["draft", "in_review", "approved", "scheduled", "published", "withdrawn"]
        },
        "senders": {"bsonType": "array", "minItems": 1},
        "attachments": {"bsonType": "array", "maxItems": 20},
        "revision": {"bsonType": ["int", "long"], "minimum": 0},
        "version": {"bsonType": ["int", "long"], "minimum": 0},
        "told_again": {"bsonType": "array", "items": {"bsonType": ["int", "long"]}},
    },
    # What is out has readers and an order, what is not has no version; a schedule has its hour.
    "anyOf": [
        {
            "properties": {
                "state": {"enum": ["draft", "in_review", "approved"]},
                "version": {"enum": [0]},
            }
        },
        {
            "properties": {
                "state": {"enum": ["scheduled"]},
                "version": {"enum": [0]},
                "publish_at": {"bsonType": "date"},
            }
        },
        {
            "properties": {
                "state": {"enum": ["published", "withdrawn"]},
                "version": {"minimum": 1},
                "readers": {"bsonType": "array", "minItems": 1},
                "position": {"bsonType": "string", "minLength": 1},
            }
        },
    ],
}
