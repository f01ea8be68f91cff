"""Outbox: the queue of jobs, written in the transaction that needs them."""

from datetime import timedelta
from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "outbox"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # Due jobs by lane, in each the oldest first: services/jobs/store.py due(), overdue(), whose
    # count it covers: for that, `open` is in it
    IndexModel(
        [("open", ASCENDING), ("lane", ASCENDING), ("due_at", ASCENDING)],
        name="due",
        partialFilterExpression={"open": True},
    ),
    # Dead jobs, for the operator: store.dead(), count_dead()
    IndexModel(
        [("state", ASCENDING), ("_id", ASCENDING)],
        name="dead",
        partialFilterExpression={"state": "dead"},
    ),
    # Done jobs are kept for a month, so that enqueuing one again is still a duplicate.
    IndexModel(
        [("done_at", ASCENDING)],
        name="forget",
        expireAfterSeconds=int(timedelta(days=30).total_seconds()),
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "kind", "payload", "state", "open", "due_at", "fence", "created_at"],
    "properties": {
        "state": {"enum": ["ready", "leased", "done", "dead"]},
        "open": {"bsonType": "bool"},
        "lane": {"bsonType": "int", "minimum": 0},
        "due_at": {"bsonType": "date"},
        "fence": {"bsonType": ["int", "long"], "minimum": 0},
    },
}
