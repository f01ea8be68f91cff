"""Merchant accounts at WeChat Pay that are kept here: whose they are, and their sealed keys."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "merchants"
SHARD_KEY: Final = None  # some hundreds of rows, whose versions are one sequence

INDEXES: Final = [
    # What changed since: merchants/store.py part_since(), newest_version(). Two changes at once
    # would have the same version: the second starts again.
    IndexModel([("version", ASCENDING)], name="version", unique=True),
    # A merchant of WeChat's is one account: insert()
    IndexModel([("mchid", ASCENDING), ("sub_mchid", ASCENDING)], name="payee", unique=True),
    # All, by name: page()
    IndexModel([("name", ASCENDING), ("_id", ASCENDING)], name="name"),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "name", "mode", "mchid", "appid", "serial", "keys", "version", "is_on"],
    "properties": {
        "_id": {"bsonType": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,31}$"},
        "mode": {"enum": ["direct", "partner"]},
        "keys": {"bsonType": "string", "pattern": "^[^.]+[.].+$"},  # sealed, never in the clear
        "earlier_keys": {"bsonType": "string"},
        "version": {"bsonType": ["int", "long"], "minimum": 1},
        "is_on": {"bsonType": "bool"},
        "ships": {"bsonType": "bool"},
        "combines": {"bsonType": "bool"},
    },
}
