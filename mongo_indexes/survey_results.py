"""Results of surveys, as they were counted once."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "survey_results"
SHARD_KEY: Final = {"survey": 1, "position": 1}

INDEXES: Final = [
    # The results of a survey, of one place and of one question: page() of
    # services/surveys/results/store.py
    IndexModel([("survey", ASCENDING), ("position", ASCENDING)], name="position"),
    IndexModel(
        [("survey", ASCENDING), ("place", ASCENDING), ("position", ASCENDING)], name="place"
    ),
    IndexModel(
        [("survey", ASCENDING), ("question", ASCENDING), ("position", ASCENDING)],
        name="question",
    ),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "survey", "position", "place", "question", "relation", "counts"],
    "properties": {
        # Nothing is kept about one to four.
        "answered": {
            "anyOf": [
                {"bsonType": "null"},
                {"enum": [0]},
                {"bsonType": ["int", "long"], "minimum": 5},
            ]
        },
        "counts": {"bsonType": "object"},
        "question": {"bsonType": ["int", "long"], "minimum": 1},
    },
}
