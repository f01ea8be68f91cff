"""Certificates of what is owed of a home on a day, as the firm or the community said it."""

from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "debt_certificates"
SHARD_KEY: Final = {"home": 1, "_id": 1}

INDEXES: Final = [
    # Those of a home, the latest first: services/bills/certificates/store.py page()
    IndexModel(
        [("home", ASCENDING), ("issued_at", DESCENDING), ("_id", DESCENDING)],
        name="home_issued",
    ),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "home", "issued_at", "issued_by", "lines", "amount_fen"],
    "properties": {"lines": {"bsonType": "array", "minItems": 1}},
}
