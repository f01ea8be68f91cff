"""Sessions: signed-in devices and the generation of their tokens."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "sessions"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # A person's devices, newest first: sessions/store.py current_of(), end_all(), forget()
    IndexModel([("person", ASCENDING), ("_id", ASCENDING)], name="person"),
    # Sessions past their absolute end
    IndexModel([("expires_at", ASCENDING)], name="forget", expireAfterSeconds=0),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "person", "generation", "rotated_at", "created_at", "expires_at"],
    "properties": {
        "kind": {"enum": ["wechat", "browser"]},
        "generation": {"bsonType": ["int", "long"], "minimum": 0},
    },
}
