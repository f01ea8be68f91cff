"""Rollups of the figures of repairs: one document for each compound and month of reports."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "repair_rollups"
SHARD_KEY: Final = {"compound": 1, "_id": 1}

INDEXES: Final = [
    # Of a place in some months: services/repairs/figures/store.py sums()
    IndexModel([("compound", ASCENDING), ("month", ASCENDING)], name="compound"),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "compound", "month", "cells"],
    "properties": {"cells": {"bsonType": "array", "minItems": 1}},
}
