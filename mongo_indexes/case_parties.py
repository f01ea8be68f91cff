"""Case parties: who reported a case or joined it, one row a person and case."""

from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "case_parties"
SHARD_KEY: Final = {"case": 1, "_id": 1}

INDEXES: Final = [
    # All of a case: services/cases/parties/store.py page(), unasked()
    IndexModel([("case", ASCENDING), ("_id", ASCENDING)], name="case"),
    # Cases of a person, newest first: of_person(); all of them, for erasure: with_person()
    IndexModel(
        [("person", ASCENDING), ("kind", ASCENDING), ("case", DESCENDING)], name="person"
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "kind", "case", "person", "is_reporter", "joined_at"],
    "properties": {
        "asked": {"bsonType": ["int", "long"], "minimum": 0},
        "answered": {"bsonType": ["int", "long"], "minimum": 0},
        "fixed": {"bsonType": ["bool", "null"]},
    },
}
