"""Sessions of mediations: when and where, and sealed minutes."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "mediation_sessions"
SHARD_KEY: Final = {"mediation": 1, "_id": 1}

INDEXES: Final = [
    # All of a mediation: services/mediations/sessions/store.py of()
    IndexModel([("mediation", ASCENDING), ("_id", ASCENDING)], name="mediation"),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "mediation", "state", "begins", "where_sealed", "created_at"],
    "properties": {
        "state": {"enum": ["planned", "held", "cancelled"]},
        "begins": {"bsonType": "date"},
        "present": {"bsonType": "array", "maxItems": 10},
    },
}
