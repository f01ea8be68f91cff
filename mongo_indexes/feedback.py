"""Feedback: one document for each thing that somebody said."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "feedback"
SHARD_KEY: Final = {"place": 1, "_id": 1}
# States in which somebody is to do something, and all in which it is not over.
IN_HAND: Final = ["waiting", "taken", "with_firm", "with_department"]
UNDER_WAY: Final = [*IN_HAND, "needs_info"]
OPEN: Final = [*UNDER_WAY, "answered"]
# What figures read.
COUNTED: Final = [
    *("place", "created_at", "about", "kind", "state", "rung", "first_rung", "solved_rung"),
    *("returned", "reopened", "overdue", "anonymous"),
]


def _by(
    field: str, name: str, *, states: list[str], more: dict[str, object]
) -> list[IndexModel]:
    """Return indexes of some states, by deadline and by time."""
    where = {"state": {"$in": states}, **more}
    due = [(field, ASCENDING), ("sort_due", ASCENDING), ("_id", ASCENDING)]
    time = [(field, ASCENDING), ("_id", ASCENDING)]
    return [
        IndexModel(due, name=f"{name}_due", partialFilterExpression=where),
        IndexModel(time, name=f"{name}_time", partialFilterExpression=where),
    ]


INDEXES: Final = [
    # What somebody may see that is not over: services/feedback/store.py board()
    *_by("seen_at", "open", states=OPEN, more={}),
    # What lies with somebody's office: board(), waiting()
    *_by("desks", "desk", states=OPEN, more={}),
    # What somebody has taken: board(), next_holder(), of_holder()
    *_by("holder", "holder", states=OPEN, more={"holder": {"$gt": ""}}),
    # What is in one state: board()
    IndexModel(
        [
            ("seen_at", ASCENDING),
            ("state", ASCENDING),
            ("sort_due", ASCENDING),
            ("_id", ASCENDING),
        ],
        name="state_due",
    ),
    IndexModel(
        [("seen_at", ASCENDING), ("state", ASCENDING), ("_id", ASCENDING)], name="state_time"
    ),
    # What has a word: board()
    IndexModel(
        [("words", ASCENDING), ("sort_due", ASCENDING), ("_id", ASCENDING)], name="words_due"
    ),
    IndexModel([("words", ASCENDING), ("_id", ASCENDING)], name="words_time"),
    # How much is in hand under a place: count_under()
    IndexModel(
        [("under", ASCENDING)],
        name="under",
        partialFilterExpression={"state": {"$in": IN_HAND}},
    ),
    # Figures of a place, which it covers: services/feedback/figures/store.py sums()
    IndexModel([(field, ASCENDING) for field in COUNTED], name="figures"),
    # What somebody solved in some days: count_solved()
    IndexModel(
        [("solved_by", ASCENDING), ("ended_at", ASCENDING)],
        name="solved_by",
        partialFilterExpression={"solved_by": {"$gt": ""}},
    ),
    # What somebody said, the same again and for erasure: ended_before(), open_of(), of_person()
    IndexModel(
        [("person", ASCENDING), ("_id", ASCENDING)],
        name="person",
        partialFilterExpression={"person": {"$gt": ""}},
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": [
        "_id",
        "number",
        "place",
        "kind",
        "state",
        "filed_by",
        "way",
        "rung",
        "created_at",
    ],
    "properties": {
        "kind": {"enum": ["complaint", "suggestion", "help_request", "observation", "praise"]},
        "state": {"enum": [*OPEN, "confirmed", "closed", "thanked", "withdrawn"]},
        "rung": {
            "enum": [
                "unit_head",
                "building_head",
                "grid_head",
                "community_staff",
                "subdistrict_staff",
            ]
        },
        "anonymous": {"bsonType": "bool"},
        "steps": {"bsonType": ["int", "long"], "minimum": 1},
        "words": {"bsonType": "array", "maxItems": 450},
        "desks": {"bsonType": "array", "maxItems": 8},
        "seen_at": {"bsonType": "array", "maxItems": 8},
        "under": {"bsonType": "array", "maxItems": 8},
        "photo_ids": {"bsonType": "array", "maxItems": 30},
    },
}
