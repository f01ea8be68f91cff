"""People: one document per WeChat user of the mini-program."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "people"
SHARD_KEY: Final = None  # stays whole: one person per WeChat identity

INDEXES: Final = [
    # One person per WeChat identity, however many sign-ins race: people/store.py upsert()
    IndexModel([("wechat_key", ASCENDING)], name="wechat_key", unique=True),
    # Who proved this phone; the product asks the collection phones instead
    IndexModel(
        [("phone_index", ASCENDING), ("_id", ASCENDING)],
        name="phone",
        partialFilterExpression={"phone_index": {"$gt": ""}},  # the planner does not use $type
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "wechat_key", "openid", "created_at"],
    "properties": {
        "wechat_key": {"bsonType": "string"},
        "union_key": {"bsonType": ["string", "null"]},
        "phone_sealed": {"bsonType": ["string", "null"]},
        "phone_index": {"bsonType": ["string", "null"]},
    },
}
