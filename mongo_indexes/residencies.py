"""Residencies: who belongs to which home, as what, between which days."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "residencies"
SHARD_KEY: Final = {"home": 1, "_id": 1}

INDEXES: Final = [
    # A person's homes, on every request: services/residencies/store.py of_person()
    IndexModel([("person", ASCENDING), ("home", ASCENDING)], name="person"),
    # Who belongs to a home, today or ever, bound or not, by what wrote it:
    # of_home() and all the others there that ask by home
    IndexModel([("home", ASCENDING), ("source", ASCENDING)], name="home"),
    # The people of one home, those who came first or last in front: page()
    IndexModel(
        [("home", ASCENDING), ("from_day", ASCENDING), ("_id", ASCENDING)], name="home_time"
    ),
    # What people brought in themselves, for their erasure: left()
    IndexModel(
        [("source", ASCENDING)],
        name="brought",
        partialFilterExpression={"source": {"$gte": "invitation:", "$lt": "request;"}},
    ),
    # Owners who came after others: owners_ever()
    IndexModel(
        [("home", ASCENDING), ("owes_since", ASCENDING), ("relation", ASCENDING)],
        name="handed_over",
        partialFilterExpression={"owes_since": {"$gt": ""}},
    ),
    # Relations written under a phone that nobody has proved yet: bind_phone()
    IndexModel(
        [("phone_index", ASCENDING)],
        name="phone",
        partialFilterExpression={"phone_index": {"$gt": ""}},  # the planner does not use $type
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "home", "relation", "name_sealed", "from_day", "source"],
    "properties": {
        "relation": {"enum": ["owner", "co_owner", "family", "tenant", "payer"]},
        "person": {"bsonType": ["string", "null"]},
        "phone_index": {"bsonType": ["string", "null"]},
    },
}

FILLS: Final = {
    # `python -m server rebuild-debtors` counts the homes that changed hands.
    "owes_since": {"$cond": [{"$eq": ["$relation", "tenant"]}, "$from_day", ""]},
}
