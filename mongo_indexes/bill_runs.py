"""Bill runs: the bills of one compound for one period, drafted and published together."""

from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "bill_runs"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # A compound's runs, the latest period first: bills/runs/store.py page()
    IndexModel(
        [("place", ASCENDING), ("period", DESCENDING), ("_id", DESCENDING)], name="place"
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "place", "period", "months", "kinds", "state", "round"],
    "properties": {
        "state": {
            "enum": [
                "drafting",
                "drafted",
                "publishing",
                "published",
                "cancelling",
                "cancelled",
                "withdrawing",
                "withdrawn",
            ]
        },
        "months": {"bsonType": "int", "minimum": 1, "maximum": 12},
        "round": {"bsonType": ["int", "long"], "minimum": 1},
    },
}
