"""Case events: the history of cases of every kind, one row a step."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "case_events"
SHARD_KEY: Final = {"case": 1, "_id": 1}

INDEXES: Final = [
    # The history of a case: services/cases/store.py history()
    IndexModel([("case", ASCENDING), ("_id", ASCENDING)], name="case"),
    # What somebody did, for the export of what is held about them: services/privacy
    IndexModel([("by", ASCENDING), ("_id", ASCENDING)], name="by"),
    # What somebody did in some days: cases_of()
    IndexModel([("by", ASCENDING), ("kind", ASCENDING), ("at", ASCENDING)], name="by_time"),
    # What somebody wrote about cases of their own, for erasure: written_by()
    IndexModel(
        [("by", ASCENDING)],
        name="remarks",
        partialFilterExpression={"by_office": False, "remark_sealed": {"$gt": ""}},
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "kind", "case", "at", "action", "by", "internal"],
    "properties": {
        "kind": {"bsonType": "string"},
        "photo_ids": {"bsonType": "array", "maxItems": 12},
    },
}
