"""Call-backs: repairs of a month that the community asks about once more."""

from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "repair_call_backs"
SHARD_KEY: Final = {"compound": 1, "_id": 1}

INDEXES: Final = [
    # Whether a month is drawn: services/repairs/call_backs/store.py is_drawn()
    IndexModel([("compound", ASCENDING), ("month", ASCENDING)], name="drawn"),
    # Lists of a small place, and of a large one: page()
    IndexModel([("place", ASCENDING), ("_id", ASCENDING)], name="place"),
    IndexModel([("month", DESCENDING), ("_id", ASCENDING)], name="newest"),
    # Whose repair it was, for erasure: of_person()
    IndexModel(
        [("person", ASCENDING)], name="person", partialFilterExpression={"person": {"$gt": ""}}
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "repair", "number", "place", "compound", "part", "month", "rank", "of"],
    "properties": {
        "part": {"enum": ["home", "common"]},
        "result": {"enum": [None, "fixed", "not_fixed", "not_reached"]},
        "of": {"bsonType": ["int", "long"], "minimum": 1},
    },
}
