"""Appointments: one person in one office at one place for a term, substitutes included."""

from typing import Final

from pymongo import ASCENDING, IndexModel

from mongo_indexes._above import above

COLLECTION: Final = "appointments"
SHARD_KEY: Final = {"place": 1, "_id": 1}

INDEXES: Final = [
    # A person's roles, on every request: services/appointments/store.py of_person(), and the
    # list of them that they see: of_person_since()
    IndexModel(
        [("person", ASCENDING), ("place", ASCENDING), ("_id", ASCENDING)], name="person_place"
    ),
    # Who holds which role at a place: rivals(), holders_at(), and page() by place
    IndexModel([("place", ASCENDING), ("_id", ASCENDING)], name="place"),
    # Those under the places of somebody who appoints, by the order they were made in: page()
    IndexModel([("under", ASCENDING), ("_id", ASCENDING)], name="under"),
    # The same of one role: page()
    IndexModel([("under", ASCENDING), ("role", ASCENDING), ("_id", ASCENDING)], name="role"),
    # All heads of some days: heads_during()
    IndexModel([("role", ASCENDING), ("_id", ASCENDING)], name="heads"),
    # Heads' terms that are about to end there: count_ending()
    IndexModel([("under", ASCENDING), ("to_day", ASCENDING)], name="under_ends"),
    # Appointments written under a phone that nobody has proved yet: bind_phone()
    IndexModel([("phone_index", ASCENDING)], name="phone_index"),
    # Who stands in for a head, and ends with them: substitutes_of(), end_substitutes()
    IndexModel(
        [("substitute_for", ASCENDING)],
        name="substitute_for",
        partialFilterExpression={"substitute_for": {"$gt": ""}},
    ),
]

FILLS: Final = {"under": above("place")}

VALIDATOR: Final = {
    "bsonType": "object",
    "required": ["_id", "role", "place", "phone_index", "from_day", "appointed_by"],
    "properties": {
        "person": {"bsonType": ["string", "null"]},
        "end_noted": {"bsonType": ["string", "null"]},
    },
}
