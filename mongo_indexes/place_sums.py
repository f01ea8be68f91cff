"""Kept sums of places by month, what is to be added to them, and what they are complete of."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "place_sums"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # Sums of a place, or of its parts on one rung: services/place_sums/store.py read(), rows()
    IndexModel(
        [
            ("source", ASCENDING),
            ("depth", ASCENDING),
            ("place", ASCENDING),
            ("month", ASCENDING),
        ],
        name="part",
        partialFilterExpression={"depth": {"$gt": 0}},
    ),
    # What is to be added: read(), next_pending(), pending(), clear_under()
    IndexModel(
        [("source", ASCENDING), ("place", ASCENDING)],
        name="pending",
        partialFilterExpression={"pending": True},
    ),
]

# A lock and the note that a source is complete have neither cells nor place.
VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id"],
    "properties": {
        "depth": {"bsonType": "int", "minimum": 1},
        "pending": {"bsonType": "bool"},
        "cells": {"bsonType": "object"},
        "members": {"bsonType": "array"},
    },
}
