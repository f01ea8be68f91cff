"""Home requests: requests to be bound to a home, with advice and decision."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "home_requests"
SHARD_KEY: Final = None  # stays whole: one request of a person is open

INDEXES: Final = [
    # One open request per person and home, however many are sent at once:
    # services/home_requests/store.py insert(), find_open()
    IndexModel(
        [("open_key", ASCENDING)],
        name="open_key",
        unique=True,
        partialFilterExpression={"open_key": {"$gt": ""}},  # the planner does not use $type
    ),
    # What I filed: filed_by()
    IndexModel([("filed_by", ASCENDING), ("_id", ASCENDING)], name="filed_by"),
    # What a person asked for: of_person(), open_of(), for erasure
    IndexModel(
        [("person", ASCENDING)],
        name="person",
        partialFilterExpression={"person": {"$gt": ""}},
    ),
    # The lists of heads and the community: page(), and a home's open ones: open_at()
    IndexModel([("state", ASCENDING), ("home", ASCENDING), ("_id", ASCENDING)], name="state"),
    # Those lists at a large place, by time: page(). Those of a small place are few enough to be
    # sorted, which the planner finds out.
    IndexModel(
        [
            ("state", ASCENDING),
            ("created_at", ASCENDING),
            ("_id", ASCENDING),
            ("home", ASCENDING),
        ],
        name="state_time",
    ),
    # The few that contest an owner: page()
    IndexModel(
        [("state", ASCENDING), ("created_at", ASCENDING), ("_id", ASCENDING)],
        name="disputed",
        partialFilterExpression={"disputed": True},
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "home", "relation", "filed_by", "state", "name_sealed", "created_at"],
    "properties": {
        "relation": {"enum": ["owner", "co_owner", "family", "tenant"]},
        "state": {"enum": ["with_head", "with_community", "accepted", "rejected", "withdrawn"]},
        "person": {"bsonType": ["string", "null"]},
        "photo_ids": {"bsonType": "array", "maxItems": 6},
        "steps": {"bsonType": ["int", "long"], "minimum": 0},
    },
}
