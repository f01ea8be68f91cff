"""Tasks that the community gives to heads."""

from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "tasks"
SHARD_KEY: Final = {"place": 1, "_id": 1}

INDEXES: Final = [
    # Lists of a small place, and of a large one: services/tasks/store.py page()
    IndexModel([("place", ASCENDING), ("_id", DESCENDING)], name="place"),
    IndexModel(
        [("state", ASCENDING), ("given_at", DESCENDING), ("_id", DESCENDING)], name="newest"
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "place", "places", "role", "title", "until", "state", "given_at"],
    "properties": {
        "places": {"bsonType": "array", "minItems": 1},
        "role": {"enum": ["unit_head", "building_head", "grid_head"]},
        "state": {"enum": ["spreading", "given", "withdrawn"]},
        "given_at": {"bsonType": "date"},
    },
}
