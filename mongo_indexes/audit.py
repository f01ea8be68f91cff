"""Audit rows: who did what, when, where and with which result, chained per lane."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "audit"
# Rows of a lane are read in order and written at its end.
SHARD_KEY: Final = {"_id": "hashed"}
KEEP_SECONDS: Final = 366 * 24 * 3600

INDEXES: Final = [
    # An auditor's places, newest first: audit/store.py page()
    IndexModel([("under", ASCENDING), ("position", ASCENDING)], name="under"),
    # The same of one act (it is rare acts that are looked for): listing()
    IndexModel([("under", ASCENDING), ("act", ASCENDING), ("position", ASCENDING)], name="act"),
    # What was refused there: listing()
    IndexModel(
        [("under", ASCENDING), ("position", ASCENDING)],
        name="refused",
        partialFilterExpression={"result": "refused"},
    ),
    # Of one person, or about one thing: listing()
    IndexModel([("person", ASCENDING), ("position", ASCENDING)], name="person"),
    IndexModel([("subject", ASCENDING), ("position", ASCENDING)], name="subject"),
    # After a year and a day; the law asks for six months
    IndexModel([("at", ASCENDING)], name="forget", expireAfterSeconds=KEEP_SECONDS),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "at", "person", "act", "result", "place", "under", "previous", "mac"],
    "properties": {
        "at": {"bsonType": "date"},
        "_id": {"bsonType": "string", "pattern": r"^[0-9]{2}-[0-9]{12}$"},
        "result": {"enum": ["done", "refused"]},
    },
}
