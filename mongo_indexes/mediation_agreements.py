"""Agreements of mediations: one row a version."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "mediation_agreements"
SHARD_KEY: Final = {"mediation": 1, "_id": 1}

INDEXES: Final = [
    # All versions of a mediation: services/mediations/agreements/store.py of()
    IndexModel([("mediation", ASCENDING), ("_id", ASCENDING)], name="mediation"),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "mediation", "version", "form", "text_sealed", "sha256", "created_at"],
    "properties": {
        "form": {"enum": ["written", "oral"]},
        "version": {"bsonType": ["int", "long"], "minimum": 1},
        "sha256": {"bsonType": "string", "minLength": 64, "maxLength": 64},
        "created_at": {"bsonType": "date"},
    },
}
