"""Rounds in which the meters of a compound are billed up to a day."""

from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

COLLECTION: Final = "meter_rounds"
SHARD_KEY: Final = {"place": 1}

INDEXES: Final = [
    # Of a compound, the latest day first: services/meters/rounds/store.py page()
    IndexModel(
        [("place", ASCENDING), ("to_day", DESCENDING), ("_id", DESCENDING)], name="place_day"
    ),
]

VALIDATOR: Final[dict[str, Any]] = {
    "bsonType": "object",
    "required": ["_id", "place", "kind", "to_day", "state", "asked_by", "asked_at"],
    "properties": {
        "kind": {"enum": ["water", "hot_water", "heat", "other"]},
        "state": {"enum": ["billing", "billed"]},
    },
}
