"""Places: the tree from the city to the home, and the grids beside it."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "places"
SHARD_KEY: Final = {"_id": 1}

INDEXES: Final = [
    # Homes (or buildings, units) under a place, by path: places/store.py of_kind_under() and
    # page(); how many: places/measures.py
    IndexModel([("kind", ASCENDING), ("_id", ASCENDING)], name="kind"),
    # Those under a large place, the newest first: places/store.py page(), grid_store.py page().
    # Those of a small place are few enough to be sorted, which the planner finds out.
    IndexModel(
        [("kind", ASCENDING), ("created_at", ASCENDING), ("_id", ASCENDING)], name="kind_time"
    ),
    # Homes whose area nobody knows: places/store.py page()
    IndexModel(
        [("kind", ASCENDING), ("_id", ASCENDING), ("area", ASCENDING)],
        name="no_area",
        partialFilterExpression={"kind": "home", "area": None},
    ),
    # The grid of a building, one at most: places/grid_store.py holding(), find_with_grid()
    IndexModel(
        [("buildings", ASCENDING)],
        name="building",
        partialFilterExpression={"buildings": {"$gt": ""}},
    ),
    # Homes that are not what their path says: places/home_store.py renamed_under()
    IndexModel(
        [("renamed", ASCENDING), ("_id", ASCENDING)],
        name="renamed",
        partialFilterExpression={"renamed": True},
    ),
    # What was merged into a home: places/home_store.py merged_into(), redirect()
    IndexModel(
        [("merged_into", ASCENDING)],
        name="merged",
        partialFilterExpression={"merged_into": {"$gt": ""}},
    ),
    # How many homes of a place are retired, and which: places/measures.py,
    # places/home_store.py retired_under()
    IndexModel(
        [("retired_from", ASCENDING), ("_id", ASCENDING)],
        name="retired",
        partialFilterExpression={"retired_from": {"$gt": ""}},
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "kind", "name", "address", "created_at"],
    "properties": {
        "_id": {"bsonType": "string", "pattern": r"^[0-9a-z_]+(\.[0-9a-z_]+)*$"},
        "area": {"bsonType": ["int", "long", "null"], "minimum": 1},
        "renamed": {"bsonType": "bool"},
        "heads_see_debts": {"bsonType": "bool"},
        "retired_from": {"bsonType": ["string", "null"]},
        "merged_into": {"bsonType": ["string", "null"]},
        "earlier": {"bsonType": "array"},
        "usage": {"enum": ["flat", "shop", "garage", "storage", None]},
    },
}
