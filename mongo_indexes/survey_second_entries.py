"""Second entries: paper answers to surveys that somebody else enters once more."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "survey_second_entries"
SHARD_KEY: Final = {"survey": 1, "_id": 1}

INDEXES: Final = [
    # Those for which results wait: services/surveys/second_entries/store.py count_open()
    IndexModel([("survey", ASCENDING), ("state", ASCENDING)], name="survey"),
    # Those of a place, and in one state: page()
    IndexModel([("home", ASCENDING), ("_id", ASCENDING)], name="home"),
    IndexModel(
        [("state", ASCENDING), ("home", ASCENDING), ("_id", ASCENDING)], name="home_state"
    ),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "survey", "answer", "home", "first_by", "rank", "of", "state"],
    "properties": {
        "state": {"enum": ["waiting", "same", "different", "decided", "withdrawn"]},
        "kept": {"enum": ["", "first", "second"]},
        "of": {"bsonType": ["int", "long"], "minimum": 1},
    },
}
