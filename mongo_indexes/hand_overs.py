"""Hand-overs: the list that one holder of an office leaves to the next."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "hand_overs"
SHARD_KEY: Final = {"place": 1}

INDEXES: Final = [
    # Of an appointment, one list is offered at a time: heads/store.py replace()
    IndexModel(
        [("place", ASCENDING), ("appointment", ASCENDING)],
        name="offered",
        unique=True,
        partialFilterExpression={"state": "offered"},
    ),
    # Lists of a place, of one who gave it, of one who received it: heads/store.py known_to()
    IndexModel([("place", ASCENDING), ("_id", ASCENDING)], name="place"),
    IndexModel([("giver", ASCENDING), ("_id", ASCENDING)], name="giver"),
    IndexModel([("received_by", ASCENDING), ("_id", ASCENDING)], name="received_by"),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "appointment", "role", "place", "made_by", "made_at", "state"],
    "properties": {"state": {"enum": ["offered", "replaced", "received"]}},
}
