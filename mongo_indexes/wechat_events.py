"""WeChat events: the raw payment and refund notices that were accepted."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "wechat_events"
SHARD_KEY: Final = {"_id": "hashed"}

INDEXES: Final = [
    # What WeChat told us about an order, in order: the trace of one payment
    IndexModel([("out_trade_no", ASCENDING), ("received_at", ASCENDING)], name="order"),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "account", "event_type", "outcome", "body", "received_at"],
    "properties": {"body": {"bsonType": "binData"}},
}
