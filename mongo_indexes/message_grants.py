"""Message grants: how many subscribe messages a person still allows, per template.

`who` is the digest in the id: counts of before get it here.
"""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "message_grants"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final[list[IndexModel]] = [
    # All that a person allows, for many people at once: services/messaging/store.py
    # granted_to(). One count is asked for by its id (template and digest of the openid).
    IndexModel([("who", ASCENDING)], name="who"),
]
FILLS: Final = {"who": {"$arrayElemAt": [{"$split": ["$_id", ":"]}, -1]}}

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "left"],
    "properties": {
        "left": {"bsonType": ["int", "long"], "minimum": 0},
        "who": {"bsonType": "string"},
        "off_since": {"bsonType": ["date", "null"]},
        "reports": {
            "bsonType": "array",
            "items": {"bsonType": "object", "required": ["at", "confirmed"]},
        },
        "pushes": {"bsonType": "array", "items": {"bsonType": "date"}},
    },
}
