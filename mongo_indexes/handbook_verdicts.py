"""Verdicts on articles of the handbook: what one person said of one version."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "handbook_verdicts"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # How many some versions helped: counts()
    IndexModel([("version", ASCENDING), ("helped", ASCENDING)], name="version"),
    # What a person said, for export and erasure: remove_of()
    IndexModel([("person", ASCENDING)], name="person"),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "version", "person", "helped", "at"],
    "properties": {"helped": {"bsonType": "bool"}},
}
