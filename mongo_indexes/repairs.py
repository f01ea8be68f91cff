"""Repairs: one document a ticket."""

from datetime import UTC, datetime
from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "repairs"
SHARD_KEY: Final = {"place": 1, "_id": 1}
# States in which somebody has it in hand, and all in which it is not over.
ON_HAND: Final = ["assigned", "on_the_way", "working", "paused"]
OPEN: Final = ["reported", "appealed", "accepted", *ON_HAND, "done"]

INDEXES: Final = [
    # Those under some places that are not over, by deadline and by time: board()
    IndexModel(
        [
            ("under", ASCENDING),
            ("overdue", ASCENDING),
            ("sort_due", ASCENDING),
            ("_id", ASCENDING),
        ],
        name="open_due",
        partialFilterExpression={"state": {"$in": OPEN}},
    ),
    IndexModel(
        [("under", ASCENDING), ("_id", ASCENDING)],
        name="open_time",
        partialFilterExpression={"state": {"$in": OPEN}},
    ),
    # Those in one state: board()
    IndexModel(
        [
            ("under", ASCENDING),
            ("state", ASCENDING),
            ("sort_due", ASCENDING),
            ("_id", ASCENDING),
        ],
        name="state_due",
    ),
    IndexModel(
        [("under", ASCENDING), ("state", ASCENDING), ("_id", ASCENDING)], name="state_time"
    ),
    # Those with a word. Few, or those of a small place, are sorted; of a large place they come
    # in their order, which the planner finds out: board()
    IndexModel(
        [("words", ASCENDING), ("place", ASCENDING), ("_id", ASCENDING)], name="words_place"
    ),
    IndexModel(
        [
            ("words", ASCENDING),
            ("sort_due", ASCENDING),
            ("_id", ASCENDING),
            ("place", ASCENDING),
        ],
        name="words_due",
    ),
    IndexModel(
        [("words", ASCENDING), ("_id", ASCENDING), ("place", ASCENDING)], name="words_time"
    ),
    # What somebody has in hand: in_hand()
    IndexModel(
        [
            ("holder", ASCENDING),
            ("rank", ASCENDING),
            ("sort_due", ASCENDING),
            ("place", ASCENDING),
            ("_id", ASCENDING),
        ],
        name="holder",
        partialFilterExpression={"state": {"$in": ON_HAND}},
    ),
    # What somebody does that is not over, on their board: board(). They did far more.
    IndexModel(
        [("holder", ASCENDING), ("sort_due", ASCENDING), ("_id", ASCENDING)],
        name="held_open_due",
        partialFilterExpression={"state": {"$in": OPEN}},
    ),
    IndexModel(
        [("holder", ASCENDING), ("_id", ASCENDING)],
        name="held_open_time",
        partialFilterExpression={"state": {"$in": OPEN}},
    ),
    # What somebody does or did, of one state, on their board: board()
    IndexModel(
        [
            ("holder", ASCENDING),
            ("state", ASCENDING),
            ("sort_due", ASCENDING),
            ("_id", ASCENDING),
        ],
        name="held_state_due",
        partialFilterExpression={"holder": {"$gt": ""}},
    ),
    IndexModel(
        [("holder", ASCENDING), ("state", ASCENDING), ("_id", ASCENDING)],
        name="held_state_time",
        partialFilterExpression={"holder": {"$gt": ""}},
    ),
    # What somebody reported, for erasure: of_person()
    IndexModel(
        [("person", ASCENDING)], name="person", partialFilterExpression={"person": {"$gt": ""}}
    ),
    # What firms have in hand: next_contract(), of_contract()
    IndexModel(
        [("contract", ASCENDING), ("_id", ASCENDING)],
        name="contract",
        partialFilterExpression={
            "contract": {"$gt": ""},
            "state": {"$in": OPEN},
        },
    ),
    # What somebody has on hand: next_holder(), of_holder()
    IndexModel(
        [("holder", ASCENDING), ("_id", ASCENDING)],
        name="on_hand",
        partialFilterExpression={
            "holder": {"$gt": ""},
            "state": {"$in": ["assigned", "on_the_way", "working", "paused"]},
        },
    ),
    # What an outage explains: of_outage()
    IndexModel(
        [("outage", ASCENDING), ("_id", ASCENDING)],
        name="outage",
        partialFilterExpression={"outage": {"$gt": ""}},
    ),
    # What all share, newest first: repairs/city_clients/requests_store.py shared()
    IndexModel(
        [
            ("part", ASCENDING),
            ("created_at", DESCENDING),
            ("_id", DESCENDING),
            ("place", ASCENDING),
        ],
        name="shared",
    ),
    # The same reported before: similar()
    IndexModel(
        [
            ("place", ASCENDING),
            ("category", ASCENDING),
            ("state", ASCENDING),
            ("_id", DESCENDING),
        ],
        name="similar",
    ),
    # What was reported in a month, for figures: of_month(), next_month()
    IndexModel([("compound", ASCENDING), ("month", ASCENDING)], name="figures"),
    # What ended in a month, for call-backs: next_compound(), ended()
    IndexModel(
        [("compound", ASCENDING), ("ended_at", ASCENDING)],
        name="ended",
        partialFilterExpression={"ended_at": {"$gt": datetime(2000, 1, 1, tzinfo=UTC)}},
    ),
]

# The compound and the month in which a repair's figures count: services/repairs/store.py
FILLS: Final = {
    "compound": {
        "$getField": {
            "field": "match",
            "input": {"$regexFind": {"input": "$place", "regex": r"^([^.]+\.){4}[^.]+"}},
        }
    },
    "month": {
        "$dateToString": {"date": "$created_at", "format": "%Y-%m", "timezone": "+08:00"}
    },
}

VALIDATOR: Final = {
    "bsonType": "object",
    "required": [
        "_id",
        "number",
        "place",
        "part",
        "category",
        "danger",
        "state",
        "filed_by",
        "way",
        "created_at",
    ],
    "properties": {
        "part": {"enum": ["home", "common"]},
        "danger": {"enum": ["danger", "urgent", "normal", "planned"]},
        "state": {
            "enum": [
                "reported",
                "refused",
                "appealed",
                "accepted",
                "assigned",
                "on_the_way",
                "working",
                "paused",
                "done",
                "confirmed",
                "closed",
                "cancelled",
                "merged",
            ]
        },
        "steps": {"bsonType": ["int", "long"], "minimum": 1},
        "words": {"bsonType": "array", "maxItems": 450},
        "under": {"bsonType": "array", "maxItems": 8},
        "rank": {"bsonType": ["int", "long"], "minimum": 0, "maximum": 3},
        "photo_ids": {"bsonType": "array", "maxItems": 30},
    },
}
