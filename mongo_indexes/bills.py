"""Bills: what one home owes one payee for a period."""

from datetime import UTC, datetime
from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "bills"
SHARD_KEY: Final = {"home": 1}

# Drafts are in few indexes: each that has them is written again when they are issued. Queries
# for the other states are served, as "draft" comes before them in the alphabet.
ISSUED: Final = {"state": {"$gte": "owing"}}

INDEXES: Final = [
    # No month of a home and kind is billed twice; what was billed: bills/store.py known()
    IndexModel([("home", ASCENDING), ("slots", ASCENDING)], name="slots", unique=True),
    # A run's bills by home: of_run(), some_of_run(), news()
    IndexModel(
        [
            ("run_id", ASCENDING),
            ("state", ASCENDING),
            ("home", ASCENDING),
            ("_id", ASCENDING),
        ],
        name="run",
    ),
    # A run's bills, the largest first: of_run()
    IndexModel(
        [
            ("run_id", ASCENDING),
            ("state", ASCENDING),
            ("amount_fen", DESCENDING),
            ("home", ASCENDING),
            ("_id", ASCENDING),
        ],
        name="run_amount",
    ),
    # What a run's bills come to as they are now: totals(). Covers it.
    IndexModel(
        [
            ("run_id", ASCENDING),
            ("kind", ASCENDING),
            ("account", ASCENDING),
            ("state", ASCENDING),
            ("amount_fen", ASCENDING),
        ],
        name="totals",
    ),
    # What I owe of my homes, or they paid since I came, the latest first; also editions:
    # bills/store.py part_owing(), part_paid(), owed(), known()
    IndexModel(
        [
            ("home", ASCENDING),
            ("state", ASCENDING),
            ("liable_on", DESCENDING),
            ("_id", DESCENDING),
            ("paid_at", ASCENDING),
        ],
        name="home_liable",
        partialFilterExpression=ISSUED,
    ),
    # Who under a place owes how much: bills/unpaid_homes/store.py unpaid(); bills/measures.py
    # arrears and owed. Covers all.
    IndexModel(
        [
            ("state", ASCENDING),
            ("home", ASCENDING),
            ("period", ASCENDING),
            ("kind", ASCENDING),
            ("due_on", ASCENDING),
            ("owed_fen", ASCENDING),
            ("owners_until", ASCENDING),
        ],
        name="owing",
        partialFilterExpression={"state": "owing"},
    ),
    # What is owed by who sold a home, by home: bills/debts/store.py former()
    IndexModel(
        [("home", ASCENDING), ("owners_until", ASCENDING)],
        name="former_debts",
        partialFilterExpression={"state": "owing", "owners_until": {"$gt": ""}},
    ),
    # What a period billed and received under a place: bills/measures.py. Covers it.
    IndexModel(
        [
            ("period", ASCENDING),
            ("home", ASCENDING),
            ("state", ASCENDING),
            ("kind", ASCENDING),
            ("due_fen", ASCENDING),
            ("owed_fen", ASCENDING),
        ],
        name="issued_fees",
        partialFilterExpression=ISSUED,
    ),
    # What somebody owes or paid for repairs, the latest first: bills/store.py of_debtor(); the
    # bills of a person who is erased: privacy. Fees have no debtor.
    IndexModel(
        [
            ("debtor", ASCENDING),
            ("state", ASCENDING),
            ("liable_on", DESCENDING),
            ("_id", DESCENDING),
        ],
        name="debtor_liable",
        partialFilterExpression={"debtor": {"$gt": ""}},
    ),
    # What was paid under a place since a day: bills/measures.py, arrears
    IndexModel(
        [
            ("home", ASCENDING),
            ("paid.at", ASCENDING),
            ("period", ASCENDING),
            ("kind", ASCENDING),
            ("due_on", ASCENDING),
            ("paid.fen", ASCENDING),
        ],
        name="received_portions",
        partialFilterExpression={"paid.at": {"$gt": datetime.fromtimestamp(0, UTC)}},
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": [
        "_id",
        "run_id",
        "rule_id",
        "kind",
        "home",
        "period",
        "months",
        "slots",
        "amount_fen",
        "due_fen",
        "owed_fen",
        "explanation",
        "account",
        "state",
    ],
    "properties": {
        "kind": {
            "enum": [
                "property_fee",
                "waste_fee",
                "metered_fee",
                "shared_cost",
                "service_fee",
                "late_fee",
                "repair_fee",
            ]
        },
        "state": {"enum": ["draft", "owing", "paid", "void"]},
        # WeChat Pay refuses orders of 0 fen
        "amount_fen": {"bsonType": ["int", "long"], "minimum": 1},
        # 0 of what was written off whole
        "due_fen": {"bsonType": ["int", "long"], "minimum": 0},
        "owed_fen": {"bsonType": ["int", "long"], "minimum": 0},
        "paid": {
            "bsonType": "array",
            "items": {"properties": {"fen": {"bsonType": ["int", "long"], "minimum": 1}}},
        },
        "months": {"bsonType": "int", "minimum": 1, "maximum": 12},
        "slots": {"bsonType": "array", "minItems": 1},
    },
}

FILLS: Final = {
    # What was billed before bills said whose they are is owed by the owners of its first day.
    "liable_on": {"$ifNull": ["$from_day", {"$concat": ["$period", "-01"]}]},
    # Before bills were paid in part, each was paid whole by one journal.
    "paid": {
        "$cond": [
            {"$eq": ["$state", "paid"]},
            [{"journal": "$journal_id", "fen": "$amount_fen", "at": "$paid_at"}],
            [],
        ]
    },
    "due_fen": "$amount_fen",
    "owed_fen": {"$cond": [{"$in": ["$state", ["paid", "void"]]}, 0, "$amount_fen"]},
}
