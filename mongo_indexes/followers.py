"""Followers: who follows the linked service account, under the openid they have there."""

from datetime import timedelta
from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "followers"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # Under which openid these people follow: followers/store.py openids(); and their erasure
    IndexModel(
        [("union_key", ASCENDING), ("appid", ASCENDING)],
        name="union_key",
        partialFilterExpression={"union_key": {"$gt": ""}},  # the planner does not use $type
    ),
    # Erasure of who ceased to follow: followers/store.py remove_of(); who was erased: erased()
    IndexModel(
        [("former_key", ASCENDING), ("appid", ASCENDING), ("unfollowed_at", ASCENDING)],
        name="former_key",
        partialFilterExpression={"former_key": {"$gt": ""}},
    ),
    # Who ceased to follow is forgotten: a late repeat of a push comes within the hour.
    IndexModel(
        [("unfollowed_at", ASCENDING)],
        name="forget",
        expireAfterSeconds=int(timedelta(days=30).total_seconds()),
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "appid", "openid", "changes"],
    "properties": {
        "union_key": {"bsonType": ["string", "null"]},
        "former_key": {"bsonType": ["string", "null"]},
        "followed_at": {"bsonType": ["date", "null"]},
        "unfollowed_at": {"bsonType": ["date", "null"]},
        "changes": {"bsonType": ["int", "long"], "minimum": 1},
    },
}
