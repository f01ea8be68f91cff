"""Ratings of repairs: what each who reported or joined one thinks of it, once."""

from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "repair_ratings"
SHARD_KEY: Final = None  # stays whole: one rating of a person and repair

INDEXES: Final = [
    # Of a repair: services/repairs/ratings/store.py of_repairs(); what somebody gave, of which
    # one repair has one: of_rater(), rated_by()
    IndexModel(
        [("repair", ASCENDING), ("person", ASCENDING)],
        name="repair",
        unique=True,
        partialFilterExpression={"person": {"$gt": ""}},
    ),
    IndexModel([("repair", ASCENDING), ("_id", ASCENDING)], name="of_repair"),
    # What somebody gave, for erasure: of_person()
    IndexModel(
        [("person", ASCENDING)], name="person", partialFilterExpression={"person": {"$gt": ""}}
    ),
    # The list of a small place, and that of a large one: page()
    IndexModel([("place", ASCENDING), ("_id", DESCENDING)], name="place"),
    IndexModel([("rated_at", DESCENDING), ("_id", DESCENDING)], name="newest"),
]

STARS: Final = {"bsonType": ["int", "long"], "minimum": 1, "maximum": 5}
VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "repair", "place", "speed", "quality", "manner", "is_bad", "rated_at"],
    "properties": {
        "speed": STARS,
        "quality": STARS,
        "manner": STARS,
        "rated_at": {"bsonType": "date"},
    },
}
