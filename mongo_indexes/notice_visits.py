"""Visits about notices: each time that somebody knocked at a home's door."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "notice_visits"
SHARD_KEY: Final = {"notice": 1, "home": 1}

INDEXES: Final = [
    # Visits about a notice by home, and those of one home, as services/notices/visits/store.py
    # reads them: of_home(), of_homes() and page()
    IndexModel([("notice", ASCENDING), ("home", ASCENDING), ("_id", ASCENDING)], name="homes"),
    # What somebody did in some days: count_delivered()
    IndexModel([("by", ASCENDING), ("at", ASCENDING)], name="by"),
    # Those with one result: page()
    IndexModel(
        [
            ("notice", ASCENDING),
            ("result", ASCENDING),
            ("home", ASCENDING),
            ("_id", ASCENDING),
        ],
        name="homes_result",
    ),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "notice", "home", "number", "result", "by", "at"],
    "properties": {
        "number": {"bsonType": ["int", "long"], "minimum": 1, "maximum": 20},
        "result": {"enum": ["told", "paper_left", "nobody_there", "refused"]},
        "role": {"bsonType": ["string", "null"]},
        "told_whom": {"enum": ["owner", "family", "tenant", "neighbour", "other", None]},
        "photos": {"bsonType": "array", "maxItems": 3},
        "at": {"bsonType": "date"},
    },
}
