"""Work records: what a head did in an office in a month, once the month is over."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "work_records"
SHARD_KEY: Final = {"place": 1, "_id": 1}

INDEXES: Final = [
    # Those of a month under a place: services/work_records/store.py page()
    IndexModel(
        [("under", ASCENDING), ("month", ASCENDING), ("place", ASCENDING), ("_id", ASCENDING)],
        name="under",
    ),
    # A head's own, and for erasure: of_person(), forget()
    IndexModel(
        [("person", ASCENDING), ("month", ASCENDING)],
        name="person",
        partialFilterExpression={"person": {"$gt": ""}},
    ),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": [
        *("_id", "appointment", "person", "role", "place", "under", "month"),
        *("figures", "made_at", "open_at"),
    ],
    "properties": {
        "figures": {"bsonType": "object"},
        "under": {"bsonType": "array", "maxItems": 8},
        "open_at": {"bsonType": "date"},
    },
}
