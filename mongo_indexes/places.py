"""Places: the tree from the city to the home, and the grids beside it."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "places"
SHARD_KEY: Final = {"_id": 1}

INDEXES: Final = [
    # Homes (or buildings, units) under a place, by path: places/store.py of_kind_under()
    IndexModel([("kind", ASCENDING), ("_id", ASCENDING)], name="kind"),
    # The grid of a building, one at most: places/grid_store.py holding(), find_with_grid()
    IndexModel(
        [("buildings", ASCENDING)],
        name="building",
        partialFilterExpression={"buildings": {"$gt": ""}},
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "kind", "name", "address", "created_at"],
    "properties": {
        "_id": {"bsonType": "string", "pattern": r"^[0-9a-z_]+(\.[0-9a-z_]+)*$"},
        "area": {"bsonType": ["int", "long", "null"], "minimum": 1},
        "usage": {"enum": ["flat", "shop", "garage", "storage", None]},
    },
}
