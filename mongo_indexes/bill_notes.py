"""Notes that correct published bills: proposed by one person, decided by another."""

from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "bill_notes"
SHARD_KEY: Final = {"bill": 1}  # what is unique begins with it

INDEXES: Final = [
    # One note of a bill waits at a time: bill_notes/store.py insert()
    IndexModel(
        [("bill", ASCENDING)],
        name="open_bill",
        unique=True,
        partialFilterExpression={"state": "proposed"},
    ),
    # Those under a place: bill_notes/store.py page()
    IndexModel([("home", ASCENDING), ("_id", ASCENDING)], name="home"),
    # Those under a large place, the latest first: page()
    IndexModel(
        [("proposed_at", DESCENDING), ("_id", DESCENDING), ("home", ASCENDING)],
        name="proposed",
    ),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": [
        "_id",
        "number",
        "bill",
        "home",
        "kind",
        "fen",
        "reason",
        "evidence",
        "state",
        "proposed_by",
        "proposed_at",
    ],
    "properties": {
        "kind": {"enum": ["credit", "debit", "write_off"]},
        "state": {"enum": ["proposed", "applied", "refused", "withdrawn"]},
        "fen": {"bsonType": ["int", "long"], "not": {"enum": [0]}},
    },
}
