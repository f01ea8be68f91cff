"""Hand-overs: the list that one holder of an office leaves to the next."""

from typing import Final

from pymongo import ASCENDING, IndexModel

from mongo_indexes._above import above

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
    # Lists under the places of somebody who appoints: heads/store.py known_to()
    IndexModel([("under", ASCENDING), ("_id", ASCENDING)], name="under"),
    # Lists of a place, of one who gave it, of one who received it: heads/store.py known_to()
    IndexModel([("place", ASCENDING), ("_id", ASCENDING)], name="place"),
    IndexModel([("giver", ASCENDING), ("_id", ASCENDING)], name="giver"),
    IndexModel([("received_by", ASCENDING), ("_id", ASCENDING)], name="received_by"),
]

FILLS: Final = {"under": above("place")}

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "appointment", "role", "place", "made_by", "made_at", "state"],
    "properties": {"state": {"enum": ["offered", "replaced", "received"]}},
}
