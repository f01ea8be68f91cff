"""Reviews of bad ratings of repairs: cases of the community."""

from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "repair_reviews"
SHARD_KEY: Final = {"place": 1, "_id": 1}

INDEXES: Final = [
    # Lists of a small place, and of a large one: services/repairs/reviews/store.py page()
    IndexModel([("place", ASCENDING), ("_id", DESCENDING)], name="place"),
    IndexModel(
        [("state", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)], name="newest"
    ),
    # Whose rating it was, for erasure: of_person()
    IndexModel(
        [("person", ASCENDING)], name="person", partialFilterExpression={"person": {"$gt": ""}}
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "repair", "rating", "number", "place", "state", "created_at"],
    "properties": {
        "state": {"enum": ["open", "answered", "closed"]},
        "steps": {"bsonType": ["int", "long"], "minimum": 1},
        "created_at": {"bsonType": "date"},
    },
}
