"""Settings of calls: to whom a person shows the number without being asked."""

from typing import Any, Final

from pymongo import IndexModel

COLLECTION: Final = "call_settings"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final[list[IndexModel]] = []  # found by the person's id alone

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "shown_to", "changed_at"],
    "properties": {
        "shown_to": {"bsonType": "array", "items": {"enum": ["case", "heads", "staff"]}},
    },
}
