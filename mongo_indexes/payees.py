"""Payees: who may charge which fees at a place on which days, into which merchant account."""

from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "payees"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # Payees of places, and below a place, by path: fees/payees/store.py at_places(), page()
    IndexModel([("place", ASCENDING), ("_id", ASCENDING)], name="place"),
    # Those of a large place, the latest first: page()
    IndexModel([("from_day", DESCENDING), ("_id", ASCENDING)], name="from_day"),
    # Who else is paid into an account: fees/payees/store.py of_account()
    IndexModel([("account", ASCENDING)], name="account"),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "place", "name", "account", "kinds", "from_day", "written_by"],
    "properties": {
        "kinds": {
            "bsonType": "array",
            "minItems": 1,
            "items": {"enum": ["property_fee", "waste_fee"]},
        },
        "firm": {"bsonType": "string"},
        "from_day": {"bsonType": "string"},
        "to_day": {"bsonType": ["string", "null"]},
        "charged": {"bsonType": "bool"},
    },
}
