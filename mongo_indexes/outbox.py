from datetime import timedelta
from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "outbox"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # The worker's question: what is due? services/jobs/store.py due(), backlog()
    IndexModel([("due_at", ASCENDING)], name="due", partialFilterExpression={"open": True}),
    # What needs a person: store.dead(), count_dead()
    IndexModel(
        [("state", ASCENDING), ("_id", ASCENDING)],
        name="dead",
        partialFilterExpression={"state": "dead"},
    ),
    # Done jobs are remembered for a month, so that a repeated promise is still a repeat.
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
        "due_at": {"bsonType": "date"},
        "fence": {"bsonType": ["int", "long"], "minimum": 0},
    },
}
