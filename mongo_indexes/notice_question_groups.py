"""Groups of questions below notices: what asks the same, and the one answer to it."""

from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "notice_question_groups"
SHARD_KEY: Final = {"notice": 1, "_id": 1}

NOTICE: Final = ("notice", ASCENDING)
STATE: Final = ("state", ASCENDING)
ID: Final = ("_id", ASCENDING)
# The most asked first; of those asked as often, the newest.
ASKED: Final = [("asked", ASCENDING), ID]
INDEXES: Final = [
    # The list of who works on the notice, by time or by how often it is asked:
    # services/notices/questions/store.py of page()
    IndexModel([NOTICE, ID], name="notice"),
    IndexModel([NOTICE, *ASKED], name="notice_asked"),
    # The same in one state, and what a new question is compared with: page(), open_groups()
    IndexModel([NOTICE, STATE, ID], name="state"),
    IndexModel([NOTICE, STATE, *ASKED], name="state_asked"),
    # What all readers see, the latest answer first: published()
    IndexModel(
        [NOTICE, STATE, ("answered_at", DESCENDING), ("_id", DESCENDING)], name="published"
    ),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "notice", "state", "asked", "created_at", "answered_at"],
    "properties": {
        "asked": {"bsonType": ["int", "long"], "minimum": 0},
        "created_at": {"bsonType": "date"},
    },
    # What was answered has its answer; what is published, also the question or whose words.
    "anyOf": [
        {
            "properties": {
                "state": {"enum": ["passed"]},
                "answer_sealed": {"enum": [""]},
                "answered_at": {"bsonType": "null"},
            }
        },
        {
            "properties": {
                "state": {"enum": ["answered_privately"]},
                "answer_sealed": {"bsonType": "string", "minLength": 1},
                "answered_at": {"bsonType": "date"},
            }
        },
        {
            "properties": {
                "state": {"enum": ["published"]},
                "answer_sealed": {"bsonType": "string", "minLength": 1},
                "answered_at": {"bsonType": "date"},
            },
            "anyOf": [
                {"properties": {"worded_by": {"bsonType": "string", "minLength": 1}}},
                {"properties": {"question_sealed": {"bsonType": "string", "minLength": 1}}},
            ],
        },
    ],
}
