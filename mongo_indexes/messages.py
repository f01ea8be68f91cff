"""Messages: the inbox of every person, and what became of each one in WeChat."""

from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "messages"
SHARD_KEY: Final = {"person": "hashed"}

INDEXES: Final = [
    # A person's inbox, newest first: services/messaging/store.py inbox()
    IndexModel([("person", ASCENDING), ("position", DESCENDING)], name="inbox"),
    # Number of unread messages: count_unread()
    IndexModel(
        [("person", ASCENDING), ("read_at", ASCENDING)],
        name="unread",
        partialFilterExpression={"read_at": None},
    ),
    # Messages of a broadcast by delivery, who is to be pushed to next, and who was told at all:
    # services/messaging/bulk_store.py waiting(), lose_sending(), counts()
    IndexModel(
        [("broadcast", ASCENDING), ("delivery", ASCENDING), ("person", ASCENDING)],
        name="broadcast",
        partialFilterExpression={"broadcast": {"$gt": ""}},
    ),
    # What one person was told by broadcasts that only who was told may read of: told()
    IndexModel(
        [("person", ASCENDING), ("broadcast", DESCENDING)],
        name="told_narrow",
        partialFilterExpression={"narrow": True},
    ),
    # Message of a delivery receipt from WeChat: awaiting_receipt()
    IndexModel(
        [("grant", ASCENDING), ("wechat_id", DESCENDING)],
        name="out",
        partialFilterExpression={"grant": {"$gt": ""}},  # the planner does not use $type
    ),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "person", "template", "title", "body", "position", "delivery"],
    "properties": {
        "person": {"bsonType": "string"},
        "values": {"bsonType": "object", "additionalProperties": {"bsonType": "string"}},
        "created_at": {"bsonType": "date"},
        "read_at": {"bsonType": ["date", "null"]},
        "delivery": {"enum": ["inbox", "sending", "sent", "refused", "failed", "unknown"]},
        "channel": {"enum": ["mini_program", "service_account", None]},
        "grant": {"bsonType": ["string", "null"]},
        "narrow": {"bsonType": "bool"},
        "read_before": {"bsonType": "bool"},
        "taken_over": {"bsonType": "bool"},
        "text_at": {"bsonType": ["date", "null"]},
    },
}
