"""Words of feedback: how many people used each in a week at a place, by fingerprints."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "feedback_words"
SHARD_KEY: Final = {"place": 1, "_id": 1}

INDEXES: Final = [
    # Weeks that are over and still say who: services/feedback/rising/store.py open_before()
    IndexModel(
        [("week", ASCENDING)],
        name="week",
        partialFilterExpression={"people": {"$exists": True}},
    ),
    # Places of a week with a word that enough people used: named_in()
    IndexModel([("week", ASCENDING)], name="named", partialFilterExpression={"is_named": True}),
    IndexModel([("expires_at", ASCENDING)], name="over", expireAfterSeconds=0),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "place", "week", "expires_at"],
    "properties": {
        "people": {"bsonType": "object"},
        "counts": {"bsonType": "object"},
        "names": {"bsonType": "object"},
        "expires_at": {"bsonType": "date"},
    },
}
