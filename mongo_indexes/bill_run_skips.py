"""Skips of bill runs: homes and days that a run could not bill, and why."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "bill_run_skips"
SHARD_KEY: Final = {"run_id": 1}

INDEXES: Final = [
    # A run's gaps by home: bills/runs/skips_store.py page(), clear()
    IndexModel(
        [
            ("run_id", ASCENDING),
            ("home", ASCENDING),
            ("kind", ASCENDING),
            ("from_day", ASCENDING),
        ],
        name="run",
        unique=True,
    ),
    # A run's gaps by reason, or for one: page()
    IndexModel(
        [
            ("run_id", ASCENDING),
            ("reason", ASCENDING),
            ("home", ASCENDING),
            ("kind", ASCENDING),
            ("from_day", ASCENDING),
        ],
        name="run_reason",
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "run_id", "home", "kind", "reason", "from_day", "to_day"],
    "properties": {
        "kind": {"enum": ["property_fee", "waste_fee"]},
        "reason": {
            "enum": [
                "no_rule",
                "no_payee",
                "contract_over",
                "retired",
                "no_area",
                "no_residents",
                "no_anniversary",
                "next_month",
                "exempt",
                "zero_amount",
            ]
        },
    },
}
