"""Answers of homes to services that they are asked about; one of a home, in its id."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "agreed_service_answers"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # What a person answered: for their export
    IndexModel(
        [("person", ASCENDING), ("_id", ASCENDING)],
        name="person",
        partialFilterExpression={"person": {"$gt": ""}},
    ),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "service", "home", "agree", "person", "at"],
    "properties": {"agree": {"bsonType": "bool"}},
}
