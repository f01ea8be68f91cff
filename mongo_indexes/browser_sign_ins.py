from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "browser_sign_ins"
SHARD_KEY: Final = {"_id": "hashed"}
# A browser that asks late is told "expired", not "missing".
KEEP_SECONDS: Final = 3600

INDEXES: Final = [
    # What a mini-program scanned: sessions/browser_store.py find_by_scene()
    IndexModel([("scene_index", ASCENDING)], name="scene", unique=True),
    # What somebody has let in and is not in yet: refuse_all(), forget()
    IndexModel(
        [("person", ASCENDING)],
        name="person",
        partialFilterExpression={"person": {"$gt": ""}},  # $type is not planned for
    ),
    # Minutes old, an hour at most
    IndexModel([("expires_at", ASCENDING)], name="forget", expireAfterSeconds=KEEP_SECONDS),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "state", "scene_index", "secret_index", "expires_at"],
    "properties": {
        "state": {"enum": ["waiting", "allowed", "refused", "used"]},
        "misses": {"bsonType": ["int", "long"], "minimum": 0},
    },
}
