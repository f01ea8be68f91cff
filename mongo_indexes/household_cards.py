"""Entries of household cards: what a head needs to know who knocks at a door."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "household_cards"
SHARD_KEY: Final = {"home": 1}  # with which what is unique begins
ACTIVE: Final = {"state": "active"}

INDEXES: Final = [
    # The card of a home: services/visits/cards/store.py of_homes()
    IndexModel([("home", ASCENDING), ("_id", ASCENDING)], name="home"),
    # One of a kind, of the home or of each of its people: insert()
    IndexModel(
        [("home", ASCENDING), ("residency", ASCENDING), ("kind", ASCENDING)],
        name="once",
        unique=True,
        partialFilterExpression=ACTIVE,
    ),
    # Lists by home, ordinary and sensitive ones apart, and those of a kind: page()
    IndexModel(
        [("sensitive", ASCENDING), ("home", ASCENDING), ("_id", ASCENDING)],
        name="classes",
        partialFilterExpression=ACTIVE,
    ),
    IndexModel(
        [
            ("kind", ASCENDING),
            ("sensitive", ASCENDING),
            ("home", ASCENDING),
            ("_id", ASCENDING),
        ],
        name="kinds",
        partialFilterExpression=ACTIVE,
    ),
    # What is to be asked again, by its end: read_due(), count_due()
    IndexModel(
        [("keeper", ASCENDING), ("due_at", ASCENDING), ("_id", ASCENDING)],
        name="due",
        partialFilterExpression=ACTIVE,
    ),
    IndexModel(
        [("home", ASCENDING), ("due_at", ASCENDING)],
        name="due_under",
        partialFilterExpression=ACTIVE,
    ),
    # All that is kept, for the worker: next_active()
    IndexModel([("_id", ASCENDING), ("state", ASCENDING)], name="active"),
    # Whose it is, for an export and erasure: of_person()
    IndexModel([("people", ASCENDING)], name="people"),
    IndexModel([("residency", ASCENDING)], name="residency"),
    # A year after its end nothing is left of an entry.
    IndexModel([("forget_at", ASCENDING)], name="forget", expireAfterSeconds=0),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": [
        *("_id", "home", "residency", "residencies", "people", "kind", "sensitive"),
        *("keeper", "consent", "consent_at", "state", "due_at"),
    ],
    "properties": {
        "sensitive": {"bsonType": "bool"},
        "consent": {"enum": ["in_app", "at_door", "on_paper"]},
        "photos": {"bsonType": "array", "maxItems": 3},
        "due_at": {"bsonType": "date"},
        "forget_at": {"bsonType": ["date", "null"]},
    },
    "allOf": [
        # Over, it says neither what it was nor of which kind.
        {
            "anyOf": [
                {
                    "properties": {
                        "state": {"enum": ["active"]},
                        "kind": {"bsonType": "string"},
                        "forget_at": {"bsonType": "null"},
                    }
                },
                {
                    "properties": {
                        "state": {"enum": ["withdrawn", "removed", "expired", "left"]},
                        "kind": {"bsonType": "null"},
                        "text_sealed": {"enum": [""]},
                        "forget_at": {"bsonType": "date"},
                    }
                },
            ]
        },
        # What is sensitive nobody agrees to by word of mouth, and it is about one person.
        {
            "anyOf": [
                {"properties": {"sensitive": {"enum": [False]}}},
                {
                    "properties": {
                        "consent": {"enum": ["in_app", "on_paper"]},
                        "residency": {"bsonType": "string", "minLength": 1},
                    }
                },
            ]
        },
    ],
}
