"""Home codes: printed one-time codes, each binds one residency to whoever types it."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "home_codes"
# `_id` is the residency a code opens: one code each, and the last printed one counts.
SHARD_KEY: Final = None  # stays whole: a code opens one home
# An expired code is answered "expired" for this long, then "unknown".
KEEP_SECONDS: Final = 90 * 24 * 3600

INDEXES: Final = [
    # What a typed code opens: services/home_codes/store.py find_by_code()
    IndexModel([("code_index", ASCENDING)], name="code", unique=True),
    IndexModel([("expires_at", ASCENDING)], name="forget", expireAfterSeconds=KEEP_SECONDS),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "home", "code_index", "state", "printed_by", "expires_at"],
    "properties": {"state": {"enum": ["open", "used", "revoked"]}},
}
