"""Repairs: one document a ticket."""

from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "repairs"
SHARD_KEY: Final = {"place": 1, "_id": 1}

INDEXES: Final = [
    # Lists under a place by deadline and by time: services/repairs/store.py page()
    IndexModel(
        [("state", ASCENDING), ("place", ASCENDING), ("due_at", ASCENDING), ("_id", ASCENDING)],
        name="state_place",
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
            "state": {
                "$in": [
                    "reported",
                    "appealed",
                    "accepted",
                    "assigned",
                    "on_the_way",
                    "working",
                    "paused",
                    "done",
                ]
            },
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
]

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
        "photo_ids": {"bsonType": "array", "maxItems": 30},
    },
}
