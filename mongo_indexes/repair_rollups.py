"""Figures of repairs as they were kept before repair_figures: emptied, nothing is written."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "repair_rollups"
SHARD_KEY: Final = {"compound": 1, "_id": 1}

INDEXES: Final = [
    # Whether a place has some still: services/repairs/figures/store.py read(), earlier()
    IndexModel([("compound", ASCENDING), ("month", ASCENDING)], name="compound"),
]

VALIDATOR: Final = {"bsonType": "object", "required": ["_id", "compound", "month"]}
