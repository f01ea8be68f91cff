"""Openings of articles of the handbook: one row a version, day and person, for some weeks."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "handbook_opens"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # How many opened some versions, by day: opens_by_day()
    IndexModel([("version", ASCENDING), ("day", ASCENDING)], name="version"),
    # Counted each night; kept for a worker that rests for some weeks, then forgotten
    IndexModel([("expires_at", ASCENDING)], name="forget", expireAfterSeconds=0),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "version", "day", "expires_at"],
}
