"""Store of homes as places: their corrections, and the few that are renamed or retired."""

from collections.abc import Sequence

import msgspec

from mongo_indexes.places import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import to_document
from services.kernel.paths import under
from services.places.models import Kind, Measure, Place


async def correct(
    db: Database, tx: Transaction, now: Place, earlier: Sequence[Measure]
) -> None:
    """Write what a home is from a day on, and what it was before."""
    changes = {
        "name": now.name,
        "address": now.address,
        "area": now.area,
        "usage": now.usage,
        "renamed": now.renamed,
        "earlier": [to_document(measure) for measure in earlier],
    }
    await db[COLLECTION].update_one({"_id": now.id}, {"$set": changes}, session=tx)


async def retire(
    db: Database, tx: Transaction, home: str, from_day: str | None, merged_into: str | None
) -> None:
    changes = {"retired_from": from_day, "merged_into": merged_into}
    await db[COLLECTION].update_one({"_id": home}, {"$set": changes}, session=tx)


async def named(db: Database, tx: Transaction, above: str, name: str) -> list[Place]:
    """Homes of a name under a place. Served by index `kind`: a unit has few homes."""
    query = {"kind": Kind.HOME, "_id": under(above), "name": name}
    return msgspec.convert(await db[COLLECTION].find(query, session=tx).to_list(), list[Place])


async def renamed_under(db: Database, place: str) -> list[Place]:
    """Renamed homes under a place. Served by index `renamed`."""
    query = {"renamed": True, "_id": under(place)}
    return msgspec.convert(await db[COLLECTION].find(query).to_list(), list[Place])
