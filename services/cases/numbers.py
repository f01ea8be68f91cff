"""Numbers of cases for people: read aloud at the phone, per compound and year.

26-0137: the two digits of the year and a number that counts. Beside the compound it is one
case. It is drawn once nothing refuses the report any more; one is missing where the report
fails even so, because the database or the process does, or somebody else was first.
"""

from typing import Final

from pymongo import ReturnDocument

from mongo_indexes.case_numbers import COLLECTION
from services.cases.kinds import Kind
from services.dependencies import Dependencies
from services.kernel.documents import Document
from services.places.actions import compound_of

DIGITS: Final = 4


async def draw(deps: Dependencies, kind: Kind, place: str) -> str:
    """Return the next number of a kind for the compound of a place, in this Beijing year.

    It is no part of the caller's transaction: two reports at once would conflict in the
    counter, and one of them begin anew. A transaction that runs twice keeps what it drew.
    """
    year = deps.today()[2:4]
    key = f"{kind.name}:{compound_of(place)}:{year}"
    found: Document | None = await deps.db[COLLECTION].find_one_and_update(
        {"_id": key}, {"$inc": {"last": 1}}, upsert=True, return_document=ReturnDocument.AFTER
    )
    last = found["last"] if found else 1  # it is there: an upsert returns what it wrote
    return f"{year}-{last:0{DIGITS}d}"
