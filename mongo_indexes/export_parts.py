"""Parts of exported files, sealed: each well below the 16 MB that a document may have."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "export_parts"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # Parts of one try, in order: services/exports/store.py parts(); of a person: their erasure
    IndexModel(
        [("export", ASCENDING), ("attempt", ASCENDING), ("number", ASCENDING)], name="export"
    ),
    # Of a person, for their erasure: remove_parts()
    IndexModel([("person", ASCENDING)], name="person"),
    # They go with their file.
    IndexModel([("expires_at", ASCENDING)], name="over", expireAfterSeconds=0),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "export", "person", "attempt", "number", "content", "expires_at"],
    "properties": {
        "content": {"bsonType": "binData"},
        "number": {"bsonType": ["int", "long"], "minimum": 0},
        "expires_at": {"bsonType": "date"},
    },
}
