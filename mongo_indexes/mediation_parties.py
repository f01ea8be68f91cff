"""Parties of mediations: one row a party."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "mediation_parties"
SHARD_KEY: Final = {"mediation": 1, "_id": 1}

INDEXES: Final = [
    # All of a mediation: services/mediations/parties/store.py of()
    IndexModel([("mediation", ASCENDING), ("_id", ASCENDING)], name="mediation"),
    # Those of a person, for export and erasure: of_person()
    IndexModel(
        [("person", ASCENDING)], name="person", partialFilterExpression={"person": {"$gt": ""}}
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "mediation", "number", "name_sealed"],
    "properties": {
        "number": {"bsonType": ["int", "long"], "minimum": 1, "maximum": 10},
        "person": {"bsonType": ["string", "null"]},
        "agreed": {"bsonType": ["bool", "null"]},
        "confirmed": {"bsonType": ["int", "long"], "minimum": 0},
        "photo_ids": {"bsonType": "array", "maxItems": 6},
    },
}
