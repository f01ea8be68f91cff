"""Payment links: bills that somebody asks another person to pay."""

from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "payment_links"
SHARD_KEY: Final = None  # stays whole: a token is looked for without any place

INDEXES: Final = [
    # What a token opens: services/payments/links/store.py find_by_token(). Its 128 random bits
    # keep it apart.
    IndexModel([("token_index", ASCENDING)], name="token"),
    # What a person asked for, newest first: page(), count_open(), withdraw_of(), remove_of()
    IndexModel([("person", ASCENDING), ("_id", DESCENDING)], name="person"),
    # They are of no use once nobody can pay by them, nor for complaints a month later.
    IndexModel([("forget_at", ASCENDING)], name="forget", expireAfterSeconds=0),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": [
        "_id",
        "person",
        "token_index",
        "token_sealed",
        "place",
        "bill_ids",
        "state",
        "created_at",
        "expires_at",
        "forget_at",
    ],
    "properties": {
        "bill_ids": {"bsonType": "array", "minItems": 1},
        "state": {"enum": ["open", "withdrawn"]},
    },
}
