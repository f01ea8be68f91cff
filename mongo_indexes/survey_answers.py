"""Answers to surveys: one row for each home, or each person, that answered."""

from typing import Any, Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "survey_answers"
SHARD_KEY: Final = {"survey": 1}  # with which what is unique begins

INDEXES: Final = [
    # The answers to a survey by place, to be counted: counts() of
    # services/surveys/answers/store.py
    IndexModel([("survey", ASCENDING), ("place", ASCENDING)], name="place"),
    # Those from paper, to draw from: papers()
    IndexModel(
        [("survey", ASCENDING), ("_id", ASCENDING)],
        name="paper",
        partialFilterExpression={"paper": True},
    ),
    # What somebody entered in some days: count_entered()
    IndexModel(
        [("entered_by", ASCENDING), ("answered_at", ASCENDING)],
        name="entered_by",
        partialFilterExpression={"paper": True},
    ),
    # The answer of a home or person, of which there is one: of_keys()
    IndexModel(
        [("survey", ASCENDING), ("keys", ASCENDING)],
        name="keys",
        unique=True,
        partialFilterExpression={"keys": {"$gt": ""}},
    ),
    # Who gave several answers, and which: repeated(), of_answerers()
    IndexModel(
        [("survey", ASCENDING), ("answerer", ASCENDING)],
        name="answerer",
        partialFilterExpression={"answerer": {"$gt": ""}},
    ),
    # Those of which it is told whose they are: linked()
    IndexModel(
        [("survey", ASCENDING), ("_id", ASCENDING)],
        name="linked",
        partialFilterExpression={"linked": True},
    ),
    # What a person answered, for their erasure and export: forget()
    IndexModel(
        [("person", ASCENDING)], name="person", partialFilterExpression={"person": {"$gt": ""}}
    ),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": [
        "_id",
        "survey",
        "by_home",
        "person",
        "home",
        "place",
        "relation",
        "choices",
        "paper",
        "answered_at",
    ],
    "properties": {
        "by_home": {"bsonType": "bool"},
        "keys": {"bsonType": "array", "items": {"bsonType": "string"}},
        "choices": {
            "bsonType": "array",
            "items": {"bsonType": "string", "pattern": r"^\d+(_\d+)?(=\d+)?$"},
        },
        "paper": {"bsonType": "bool"},
        "linked": {"bsonType": "bool"},
        "answered_at": {"bsonType": "date"},
    },
}
