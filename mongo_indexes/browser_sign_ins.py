"""Browser sign-ins: QR codes that wait for an answer from the mini-program."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "browser_sign_ins"
SHARD_KEY: Final = None  # stays whole: a scene is unique in all of it
# A browser that asks late is told "expired", not "missing".
KEEP_SECONDS: Final = 3600

INDEXES: Final = [
    # What a mini-program scanned: services/browser_sign_ins/store.py find_by_scene()
    IndexModel([("scene_index", ASCENDING)], name="scene", unique=True),
    # Sign-ins that a person allowed and the browser has not fetched: refuse_all(), forget()
    IndexModel(
        [("person", ASCENDING)],
        name="person",
        partialFilterExpression={"person": {"$gt": ""}},  # the planner does not use $type
    ),
    # Deleted an hour after their end
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
