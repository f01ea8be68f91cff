"""Visits: each time that a head or staff knock at a home's door, planned or made."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "visits"
SHARD_KEY: Final = None  # stays whole: one visit of a keeper, home and purpose is open

INDEXES: Final = [
    # Lists of whoever makes them, by day: services/visits/store.py page()
    IndexModel(
        [("keeper", ASCENDING), ("day", ASCENDING), ("_id", ASCENDING)], name="keeper_day"
    ),
    IndexModel(
        [
            ("keeper", ASCENDING),
            ("home", ASCENDING),
            ("day", ASCENDING),
            ("_id", ASCENDING),
        ],
        name="keeper_home",
    ),
    # What is due, by its end: read_due()
    IndexModel(
        [("keeper", ASCENDING), ("due_at", ASCENDING), ("_id", ASCENDING)],
        name="due",
        partialFilterExpression={"state": "planned"},
    ),
    # How much is due under a place: count_due()
    IndexModel(
        [("home", ASCENDING), ("due_at", ASCENDING)],
        name="due_under",
        partialFilterExpression={"state": "planned"},
    ),
    # One plan for a purpose at a time: store.py insert()
    IndexModel(
        [("keeper", ASCENDING), ("home", ASCENDING), ("purpose", ASCENDING)],
        name="open",
        unique=True,
        partialFilterExpression={"state": "planned"},
    ),
    # Figures of a place, head by head: store.py counts()
    IndexModel(
        [
            ("home", ASCENDING),
            ("day", ASCENDING),
            ("role", ASCENDING),
            ("office", ASCENDING),
            ("state", ASCENDING),
            ("outcome", ASCENDING),
        ],
        name="figures",
    ),
    # What somebody did in some days: store.py made_by()
    IndexModel(
        [("made_by", ASCENDING), ("made_at", ASCENDING)],
        name="made_by",
        partialFilterExpression={"made_by": {"$gt": ""}},
    ),
    # Minutes whose time is over: jobs.py remove_minutes()
    IndexModel([("minutes_until", ASCENDING)], name="minutes_until"),
    # Whom the minutes may be about, for erasure and an export: privacy.py
    IndexModel(
        [("people", ASCENDING)], name="people", partialFilterExpression={"people": {"$gt": ""}}
    ),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": [
        *("_id", "home", "keeper", "role", "office", "purpose", "goes", "day", "due_at"),
        *("state", "planned_by", "planned_at", "people"),
    ],
    "properties": {
        "state": {"enum": ["planned", "made", "cancelled"]},
        "outcome": {"enum": ["met", "nobody_there", "refused", "moved", None]},
        "every_days": {"bsonType": ["int", "long", "null"], "minimum": 7, "maximum": 365},
        "due_at": {"bsonType": "date"},
        "minutes_until": {"bsonType": ["date", "null"]},
        "photos": {"bsonType": "array", "maxItems": 6},
        "people": {"bsonType": "array"},
    },
    # What was made says what came of it, and nothing else does.
    "anyOf": [
        {"properties": {"state": {"enum": ["made"]}, "outcome": {"bsonType": "string"}}},
        {
            "properties": {
                "state": {"enum": ["planned", "cancelled"]},
                "outcome": {"bsonType": "null"},
            }
        },
    ],
}
