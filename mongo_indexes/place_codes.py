"""Place codes: QR codes on doors, lifts and pumps, each for one place or one thing there."""

from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "place_codes"
SHARD_KEY: Final = None  # stays whole: one thing has one code

INDEXES: Final = [
    # What a scanned token means: place_codes/store.py find_by_token(). Its 128 random bits keep
    # it apart, and a unique index could not be sharded by.
    IndexModel([("token_index", ASCENDING)], name="token"),
    # Codes under a place, to list and to print: page(), in_use_under()
    IndexModel([("place", ASCENDING), ("_id", ASCENDING)], name="place"),
    # Those under a large place, the newest first: page()
    IndexModel(
        [("added_at", DESCENDING), ("_id", DESCENDING), ("place", ASCENDING)], name="newest"
    ),
    # One code in use for each thing: insert()
    IndexModel(
        [("open_key", ASCENDING)],
        name="open",
        unique=True,
        partialFilterExpression={"open_key": {"$type": "string"}},
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": [
        "_id",
        "place",
        "kind",
        "label",
        "token_index",
        "token_sealed",
        "state",
        "added_by",
        "added_at",
    ],
    "properties": {
        "kind": {"enum": ["door", "lift", "pump", "switch_room", "manhole", "other"]},
        "state": {"enum": ["in_use", "ended"]},
        "open_key": {"bsonType": ["string", "null"]},
    },
}
