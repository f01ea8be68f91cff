"""Late charges (违约金) of one payee at a place up to a day, with the line of each bill."""

from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "late_charges"
SHARD_KEY: Final = {"compound": 1}

INDEXES: Final = [
    # One of a payee and compound is open, so that no day is charged twice: store.py insert()
    IndexModel(
        [("compound", ASCENDING), ("account", ASCENDING)],
        name="open",
        unique=True,
        partialFilterExpression={"state": {"$in": ["proposed", "approved"]}},
    ),
    # Those of a compound, the latest first: late_charges/store.py page()
    IndexModel(
        [("compound", ASCENDING), ("proposed_at", DESCENDING), ("_id", DESCENDING)],
        name="compound_at",
    ),
    # Days of homes that were left out: late_charges/store.py waived()
    IndexModel([("compound", ASCENDING), ("left_out", ASCENDING)], name="left_out"),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": [
        *("_id", "compound", "place", "account", "to_day", "lines", "bills", "amount_fen"),
        *("state", "done", "proposed_by", "proposed_at"),
    ],
    "properties": {
        "state": {"enum": ["proposed", "approved", "billed", "refused"]},
        "amount_fen": {"bsonType": ["int", "long"], "minimum": 1},
        "bills": {"bsonType": ["int", "long"], "minimum": 1},
        "lines": {"bsonType": "array", "minItems": 1, "maxItems": 2000},
    },
}
