"""Fee rules: the price of one kind of fee at one place from a day on."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "fee_rules"
SHARD_KEY: Final = {"place": 1}

INDEXES: Final = [
    # Of two rules of one place, kind and usage one starts later: fees/store.py insert().
    # The rules of a compound: of_compound(), for_homes()
    IndexModel([("place", ASCENDING), ("slots", ASCENDING)], name="slots", unique=True),
    # The list of a place's rules: page()
    IndexModel([("place", ASCENDING), ("_id", ASCENDING)], name="place"),
    # That of a large place by age: page()
    IndexModel([("created_at", ASCENDING), ("_id", ASCENDING)], name="age"),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": [
        "_id",
        "place",
        "kind",
        "usages",
        "start_day",
        "account",
        "payee_name",
        "slots",
    ],
    "properties": {
        "kind": {"enum": ["property_fee", "waste_fee"]},
        "price": {"bsonType": ["int", "long", "null"], "minimum": 1},
        "monthly_fen": {"bsonType": ["int", "long", "null"], "minimum": 1},
        "slots": {"bsonType": "array", "minItems": 1},
    },
    # per m² or per home, and never both
    "oneOf": [
        {"properties": {"price": {"bsonType": "null"}}},
        {"properties": {"monthly_fen": {"bsonType": "null"}}},
    ],
}
