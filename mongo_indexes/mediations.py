"""Mediations: disputes of residents, seen by their parties and whoever mediates only."""

from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "mediations"
SHARD_KEY: Final = {"place": 1, "_id": 1}

INDEXES: Final = [
    # Mine, newest first: services/mediations/store.py of_person(); erasure: before_agreed()
    IndexModel([("people", ASCENDING), ("_id", DESCENDING)], name="people"),
    # Mine as a mediator: of_person(); whose office is over: mediated_by()
    IndexModel(
        [("holder", ASCENDING), ("_id", DESCENDING)],
        name="holder",
        partialFilterExpression={"holder": {"$gt": ""}},
    ),
    # The list of a community's mediation members: page(), count_to_follow_up()
    IndexModel([("place", ASCENDING), ("_id", DESCENDING)], name="place"),
    # Those of them for which a mediator is to be named
    IndexModel(
        [("place", ASCENDING), ("_id", DESCENDING)],
        name="to_assign",
        partialFilterExpression={
            "holder": "",
            "state": {"$in": ["asking", "talks", "proposed", "agreed"]},
        },
    ),
    # Homes whose dispute goes on: homes_with()
    IndexModel(
        [("homes", ASCENDING)],
        name="open_homes",
        partialFilterExpression={"state": {"$in": ["asking", "talks", "proposed", "agreed"]}},
    ),
    # All of some homes, also those that are over: with_homes()
    IndexModel([("homes", ASCENDING), ("matter", ASCENDING)], name="homes_matter"),
    # What a mediator looks after: to_follow_up(); who mediates something: next_mediator()
    IndexModel(
        [
            ("holder", ASCENDING),
            ("state", ASCENDING),
            ("sort_due", ASCENDING),
            ("_id", ASCENDING),
        ],
        name="follow_up",
    ),
    # Figures of a quarter: counts()
    *(
        IndexModel([(field, ASCENDING), ("place", ASCENDING)], name=field)
        for field in ("opened_in", "agreed_in", "kept_in")
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "place", "matter", "state", "people", "homes", "created_at"],
    "properties": {
        "state": {
            "enum": [
                "asking",
                "talks",
                "proposed",
                "agreed",
                "kept",
                "partly",
                "broken",
                "declined",
                "withdrawn",
                "failed",
            ]
        },
        # A community and nothing smaller: four rungs.
        "place": {"bsonType": "string", "pattern": r"^[0-9a-z_]+(\.[0-9a-z_]+){3}$"},
        "people": {"bsonType": "array", "maxItems": 10},
        "homes": {"bsonType": "array", "maxItems": 10},
        "steps": {"bsonType": ["int", "long"], "minimum": 1},
        "version": {"bsonType": ["int", "long"], "minimum": 0},
        "created_at": {"bsonType": "date"},
    },
}
