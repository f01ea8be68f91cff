"""Fee rules: the price of one kind of fee at one place from a day on."""

from typing import Any, Final

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

PRICES: Final = ("price", "monthly_fen", "person_fen")


def _only(price: str) -> dict[str, Any]:
    """Return the condition for a rule that has this price and no other."""
    none = {"bsonType": "null"}
    others = {name: none for name in PRICES if name != price}
    return {"required": [price], "properties": {price: {"not": none}, **others}}


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
        "person_fen": {"bsonType": ["int", "long", "null"], "minimum": 1},
        "period": {"enum": ["monthly", "quarterly", "half_yearly", "yearly", "anniversary"]},
        "timing": {"enum": ["start", "end"]},
        "proration": {"enum": ["actual_days", "thirty_days", "next_month", "full_month"]},
        "version": {"bsonType": "int", "minimum": 0},
        "slots": {"bsonType": "array", "minItems": 1},
    },
    # per m², per home or per person, and never two of them
    "oneOf": [_only("price"), _only("monthly_fen"), _only("person_fen")],
}

# Rules from before said nothing of these: they bill by the month and by actual days.
FILLS: Final = {
    "period": {"$literal": "monthly"},
    "timing": {"$literal": "start"},
    "proration": {"$literal": "actual_days"},
    "version": {"$literal": 0},  # from before rules were numbered
}
