"""Message grants: how many subscribe messages a person still allows, per template."""

from typing import Any, Final

from pymongo import IndexModel

COLLECTION: Final = "message_grants"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final[list[IndexModel]] = []  # only ever asked for by id (template and openid)

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "left"],
    "properties": {"left": {"bsonType": ["int", "long"], "minimum": 0}},
}
