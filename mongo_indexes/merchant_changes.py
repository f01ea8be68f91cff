"""Changes of merchant accounts: proposed by one person, approved or refused by another."""

from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "merchant_changes"
SHARD_KEY: Final = None  # some hundreds of rows; one open change of an account

INDEXES: Final = [
    # One change of an account waits at a time: merchant_changes/store.py insert()
    IndexModel(
        [("account", ASCENDING)],
        name="open_account",
        unique=True,
        partialFilterExpression={"state": "proposed"},
    ),
    # In a state, the latest first: page()
    IndexModel(
        [("state", ASCENDING), ("proposed_at", DESCENDING), ("_id", DESCENDING)],
        name="state_time",
    ),
    # All, the latest first: page()
    IndexModel([("proposed_at", DESCENDING), ("_id", DESCENDING)], name="time"),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "account", "kind", "state", "proposed_by", "proposed_at"],
    "properties": {
        "kind": {
            "enum": [
                "add",
                "rotate",
                "switch_off",
                "switch_on",
                "ship",
                "stop_shipping",
                "combine",
                "stop_combining",
            ]
        },
        "state": {"enum": ["proposed", "approved", "refused"]},
        "keys": {"bsonType": "string"},  # sealed; empty once it is decided
    },
}
