"""Questions below notices: one document for each that somebody asked."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "notice_questions"
SHARD_KEY: Final = None  # stays whole: numbers of an author's questions

INDEXES: Final = [
    # What a person asked, also below one notice: services/notices/questions/store.py of
    # of_author(), forget(). Of several asked at once each has another number.
    IndexModel(
        [("author", ASCENDING), ("notice", ASCENDING), ("number", ASCENDING)],
        name="author",
        unique=True,
    ),
    # All that ask the same: members(), member_page(), firsts(), regroup()
    IndexModel(
        [("group", ASCENDING), ("_id", ASCENDING)],
        name="group",
        partialFilterExpression={"group": {"$gt": ""}},
    ),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "notice", "author", "number", "state", "text_sealed", "asked_at"],
    "properties": {
        "number": {"bsonType": ["int", "long"], "minimum": 1, "maximum": 5},
        "asked_at": {"bsonType": "date"},
    },
    # What passed belongs to others that ask the same, or to itself; what did not, to none.
    "anyOf": [
        {"properties": {"state": {"enum": ["pending", "refused"]}, "group": {"enum": [""]}}},
        {
            "properties": {
                "state": {"enum": ["passed"]},
                "group": {"bsonType": "string", "minLength": 1},
            }
        },
    ],
}
