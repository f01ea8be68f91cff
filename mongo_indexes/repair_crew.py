"""Crews of repairs: what each who works at a compound can do, and whether they are there."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "repair_crew"
SHARD_KEY: Final = {"place": 1}

INDEXES: Final = [
    # Who can be chosen at a compound: services/repairs/crews/store.py of_place()
    IndexModel([("place", ASCENDING)], name="place"),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "place", "person", "skills", "on_duty", "changed_by", "changed_at"],
    "properties": {
        "skills": {
            "bsonType": "array",
            "items": {
                "enum": [
                    "plumbing",
                    "electric",
                    "lift",
                    "carpentry",
                    "masonry",
                    "cleaning",
                    "other",
                ]
            },
        },
        "on_duty": {"bsonType": "bool"},
    },
}
