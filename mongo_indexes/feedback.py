"""Feedback: one document for each thing that somebody said."""

from typing import Any, Final

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
IS_OPEN: Final = {"state": {"$in": OPEN}}


def _by(
    *fields: str, name: str, where: dict[str, Any] | None = None, last: str = ""
) -> list[IndexModel]:
    """Return indexes that begin with some fields, by deadline and by time.

    `last`: a field behind these.
    """
    more = {"partialFilterExpression": where} if where else {}
    return [
        IndexModel(
            [(field, ASCENDING) for field in (*fields, *order, *([last] if last else []))],
            name=f"{name}_{by}",
            **more,
        )
        for by, order in (("due", ("sort_due", "_id")), ("time", ("_id",)))
    ]


INDEXES: Final = [
    # What somebody may see that is not over: services/feedback/store.py board()
    *_by("seen_at", name="open", where=IS_OPEN),
    # What lies with somebody's office: board(), waiting()
    *_by("desks", name="desk", where=IS_OPEN),
    # What somebody has taken: board(), next_holder(), of_holder()
    *_by("holder", name="holder", where={**IS_OPEN, "holder": {"$gt": ""}}),
    # The same, of what is over as well: board()
    *_by("holder", "state", name="held", where={"holder": {"$gt": ""}}),
    # What is in one state: board()
    *_by("seen_at", "state", name="state"),
    # The few that are overdue, and those that lie with a rung: board()
    *_by("seen_at", name="overdue", where={**IS_OPEN, "overdue": True}),
    *_by("seen_at", "rung", name="rung", where=IS_OPEN),
    # What there is at a place that is smaller than the office that asks: board(), and how much
    # is in hand there: count_under()
    *_by("under", "state", name="under"),
    # What has a word. A rare one, or of a small place, is sorted; of a large place it comes in
    # its order, which the planner finds out: board()
    IndexModel(
        [("words", ASCENDING), ("place", ASCENDING), ("_id", ASCENDING)], name="words_place"
    ),
    *_by("words", name="words", last="place"),
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
        "state": {"enum": [*OPEN, "confirmed", "settled", "closed", "thanked", "withdrawn"]},
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
        "straight": {"bsonType": "bool"},
        "steps": {"bsonType": ["int", "long"], "minimum": 1},
        "words": {"bsonType": "array", "maxItems": 450},
        "desks": {"bsonType": "array", "maxItems": 8},
        "seen_at": {"bsonType": "array", "maxItems": 8},
        "under": {"bsonType": "array", "maxItems": 8},
        "photo_ids": {"bsonType": "array", "maxItems": 30},
    },
}
