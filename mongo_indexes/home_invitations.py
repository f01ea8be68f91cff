"""Home invitations: an owner's one-time invitations into a home."""

from typing import Final

from pymongo import ASCENDING, IndexModel

COLLECTION: Final = "home_invitations"
SHARD_KEY: Final = None  # stays whole: a token is one invitation's

INDEXES: Final = [
    # What a token opens: services/invitations/store.py find_by_token()
    IndexModel([("token_index", ASCENDING)], name="token", unique=True),
    # A home's open invitations: page(), count_open(), revoke_at()
    IndexModel([("home", ASCENDING), ("_id", ASCENDING)], name="home"),
    # Whom a person invited: revoke_of(), named_ids_of(), for erasure
    IndexModel([("person", ASCENDING)], name="person"),
    # What a person accepted: named_ids_of()
    IndexModel(
        [("used_by", ASCENDING)],
        name="used_by",
        partialFilterExpression={"used_by": {"$gt": ""}},  # the planner does not use $type
    ),
]

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "home", "relation", "name_sealed", "token_index", "person", "state"],
    "properties": {
        "relation": {"enum": ["family", "tenant", "payer"]},
        "state": {"enum": ["open", "used", "revoked"]},
    },
}
