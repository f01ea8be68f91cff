"""Texts of surveys: what was written, apart from what else was answered."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "survey_texts"
SHARD_KEY: Final = {"survey": 1, "_id": 1}

INDEXES: Final = [
    # The texts of a survey, question by question: page() and shown() of
    # services/surveys/texts/store.py
    IndexModel(
        [("survey", ASCENDING), ("question", ASCENDING), ("_id", ASCENDING)], name="survey"
    ),
    # Those of some answers: of_answers() and replace()
    IndexModel([("answer", ASCENDING)], name="answer"),
    # What a person wrote, for their erasure and export: forget()
    IndexModel(
        [("person", ASCENDING)], name="person", partialFilterExpression={"person": {"$gt": ""}}
    ),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "survey", "question", "answer", "person", "text_sealed", "state"],
    "properties": {
        "question": {"bsonType": ["int", "long"], "minimum": 1},
        "state": {"enum": ["private", "in_check", "shown", "refused"]},
    },
}
