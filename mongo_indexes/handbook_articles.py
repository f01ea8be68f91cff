"""Articles of the handbook: one document a version."""

from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "handbook_articles"
SHARD_KEY: Final = {"article": 1}
PUBLISHED: Final = {"state": "published"}

INDEXES: Final = [
    # Versions of an article, and its next number: versions(), last()
    IndexModel([("article", ASCENDING), ("version", DESCENDING)], name="version", unique=True),
    # One draft and one version in force of each article: insert(), move()
    IndexModel(
        [("article", ASCENDING), ("state", ASCENDING)],
        name="current",
        unique=True,
        partialFilterExpression={"state": {"$in": ["draft", "published"]}},
    ),
    # What is in force at some places, the nearest first: shelf()
    IndexModel(
        [
            ("place", ASCENDING),
            ("depth", DESCENDING),
            ("position", ASCENDING),
            ("article", ASCENDING),
        ],
        name="shelf",
        partialFilterExpression=PUBLISHED,
    ),
    # What has a word, of those: shelf(), overlapping()
    IndexModel(
        [
            ("words", ASCENDING),
            ("place", ASCENDING),
            ("depth", DESCENDING),
            ("position", ASCENDING),
            ("article", ASCENDING),
        ],
        name="words",
        partialFilterExpression=PUBLISHED,
    ),
    # All under a place, for its writers: page()
    IndexModel(
        [("under", ASCENDING), ("written_at", ASCENDING), ("_id", ASCENDING)], name="written"
    ),
    # What is to be looked at again, what matters first: reviews()
    IndexModel(
        [
            ("under", ASCENDING),
            ("weight", DESCENDING),
            ("_id", ASCENDING),
            ("reviewed_at", ASCENDING),
        ],
        name="reviews",
        partialFilterExpression=PUBLISHED,
    ),
    # Which articles in force replace another: replacing()
    IndexModel(
        [("replaces", ASCENDING)],
        name="replaces",
        partialFilterExpression={"state": "published", "replaces": {"$gt": ""}},
    ),
    # What a night counts: counted()
    IndexModel(
        [("is_counted", ASCENDING), ("_id", ASCENDING)],
        name="counted",
        partialFilterExpression={"is_counted": True},
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": [
        "_id",
        "article",
        "version",
        "place",
        "category",
        "title",
        "steps",
        "state",
        "written_by",
        "written_at",
    ],
    "properties": {
        "state": {"enum": ["draft", "published", "retired"]},
        "version": {"bsonType": ["int", "long"], "minimum": 1},
        "steps": {"bsonType": "array", "minItems": 1, "maxItems": 12},
        "sources": {"bsonType": "array", "maxItems": 5},
        "words": {"bsonType": "array", "maxItems": 450},
        "uses": {"bsonType": ["int", "long"], "minimum": 0},
    },
}
