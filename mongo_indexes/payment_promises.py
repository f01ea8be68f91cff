"""Promises to pay: what a home said at the door, to one head."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "payment_promises"
SHARD_KEY: Final = None  # stays whole: one promise of a home is open with a keeper
WAITS: Final = {"waits": True}

INDEXES: Final = [
    # Lists of the head to whom they were given: services/visits/promises/store.py page()
    IndexModel(
        [("keeper", ASCENDING), ("day", ASCENDING), ("_id", ASCENDING)], name="keeper_day"
    ),
    # Those of a home, and the broken ones of it: page(), close_broken()
    IndexModel(
        [
            ("keeper", ASCENDING),
            ("home", ASCENDING),
            ("day", ASCENDING),
            ("_id", ASCENDING),
        ],
        name="keeper_home",
    ),
    # One open promise of a home at a time: insert()
    IndexModel(
        [("keeper", ASCENDING), ("home", ASCENDING)],
        name="open",
        unique=True,
        partialFilterExpression={"state": "open"},
    ),
    # What is due, by its day: read_due(), count_due()
    IndexModel(
        [("keeper", ASCENDING), ("due_at", ASCENDING), ("_id", ASCENDING)],
        name="due",
        partialFilterExpression=WAITS,
    ),
    IndexModel(
        [("home", ASCENDING), ("due_at", ASCENDING)],
        name="due_under",
        partialFilterExpression=WAITS,
    ),
    # What the worker looks at: next_waiting()
    IndexModel(
        [("waits", ASCENDING), ("_id", ASCENDING)],
        name="waits",
        partialFilterExpression=WAITS,
    ),
    # Whose household it was, for an export and erasure: forget()
    IndexModel([("people", ASCENDING)], name="people"),
    # A year after its end, or after it was broken, nothing is left of a promise.
    IndexModel([("forget_at", ASCENDING)], name="forget", expireAfterSeconds=0),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": [
        *("_id", "home", "keeper", "residencies", "people", "bills"),
        *("day", "due_at", "state", "waits", "noted_by", "noted_at"),
    ],
    "properties": {
        "bills": {"bsonType": "array", "minItems": 1},
        "due_at": {"bsonType": "date"},
        "forget_at": {"bsonType": ["date", "null"]},
    },
    # Somebody waits for what is open or broken, and for nothing else. What is not open goes.
    "anyOf": [
        {
            "properties": {
                "waits": {"enum": [True]},
                "state": {"enum": ["open"]},
                "forget_at": {"bsonType": "null"},
            }
        },
        {
            "properties": {
                "waits": {"enum": [True]},
                "state": {"enum": ["broken"]},
                "forget_at": {"bsonType": "date"},
            }
        },
        {
            "properties": {
                "waits": {"enum": [False]},
                "state": {"enum": ["kept", "paid_late", "closed", "left"]},
                "forget_at": {"bsonType": "date"},
            }
        },
    ],
}
