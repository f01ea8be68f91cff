"""Register imports: one upload of a compound's register and how far it is."""

from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "register_imports"
SHARD_KEY: Final = {"place": 1}  # a prefix of the unique index below

INDEXES: Final = [
    # The imports of a compound, newest first: services/register/store.py page()
    IndexModel(
        [("place", ASCENDING), ("uploaded_at", DESCENDING), ("_id", DESCENDING)], name="listing"
    ),
    # One import at a time adds or removes homes in a compound: move()
    IndexModel(
        [("place", ASCENDING)],
        name="one_busy",
        unique=True,
        partialFilterExpression={"busy": True},
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "place", "state", "busy", "round", "run", "uploaded_by", "uploaded_at"],
    "properties": {
        "state": {
            "enum": [
                "uploaded",
                "reading",
                "previewed",
                "unreadable",
                "discarded",
                "applying",
                "applied",
                "undoing",
                "undone",
            ]
        },
        "busy": {"bsonType": "bool"},
        "round": {"bsonType": ["int", "long"], "minimum": 1},
    },
}
