"""Store of homes as places: their corrections, and the few that are renamed or retired."""

from collections.abc import Sequence

import msgspec

from mongo_indexes.places import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.kernel.paths import under, under_any
from services.places.models import Kind, Place, StandingHome


async def correct(db: Database, tx: Transaction, now: Place) -> None:
    """Write what a home is from a day on, and what it was before."""
    changes = {
        "name": now.name,
        "address": now.address,
        "area": now.area,
        "usage": now.usage,
        "renamed": now.renamed,
        "earlier": [to_document(measure) for measure in now.earlier],
    }
    await db[COLLECTION].update_one({"_id": now.id}, {"$set": changes}, session=tx)


async def retire(
    db: Database, tx: Transaction, home: str, from_day: str | None, merged_into: str | None
) -> bool:
    """Write from which day on a home is retired; return whether it was before."""
    changes = {"$set": {"retired_from": from_day, "merged_into": merged_into}}
    before = await db[COLLECTION].find_one_and_update({"_id": home}, changes, session=tx)
    return bool(before and before.get("retired_from"))


async def next_home(db: Database, after: str) -> str | None:
    """Return the first home behind a path. Covered by index `kind`."""
    query = {"kind": Kind.HOME, "_id": {"$gt": after}}
    found = await db[COLLECTION].find_one(query, {"_id": 1}, sort=[("_id", 1)], hint="kind")
    return found["_id"] if found else None


async def count_standing(db: Database, tx: Transaction, unit: str) -> int:
    """Count the homes of a unit that are not retired. Served by index `kind`."""
    query = {"kind": Kind.HOME, "retired_from": None, "_id": under(unit)}
    return len(await db[COLLECTION].find(query, {"_id": 1}, hint="kind", session=tx).to_list())


async def redirect(db: Database, tx: Transaction, home: str, into: str) -> None:
    """Let what was merged into a home be merged into another. Served by index `merged`."""
    query = {"merged_into": home}
    await db[COLLECTION].update_many(query, {"$set": {"merged_into": into}}, session=tx)


async def merged_into(db: Database, homes: Sequence[str]) -> list[Place]:
    """Homes that were merged into these. Served by index `merged`."""
    cursor = db[COLLECTION].find({"merged_into": {"$in": list(homes)}})
    return msgspec.convert(await cursor.to_list(), list[Place])


async def standing_under(db: Database, tx: Transaction, above: Sequence[str]) -> list[Place]:
    """Homes of some units that are not retired: a few dozen each. Served by index `kind`."""
    query = {"kind": Kind.HOME, "retired_from": None, **under_any("_id", above)}
    return msgspec.convert(await db[COLLECTION].find(query, session=tx).to_list(), list[Place])


def look_up_standing(field: str, day: str) -> list[Document]:
    """Return stages of a pipeline that say of each row whether its home stands on a day.

    `field`: with the path of the home; each is found by its id. The answer is in `stands`.
    """
    standing = {
        "kind": Kind.HOME,
        "$or": [{"retired_from": None}, {"retired_from": {"$gt": day}}],
    }
    look_up = {
        "from": COLLECTION,
        "localField": field,
        "foreignField": "_id",
        "pipeline": [{"$match": standing}, {"$project": {"_id": 1}}],
        "as": "stands",
    }
    return [{"$lookup": look_up}, {"$set": {"stands": {"$ne": ["$stands", []]}}}]


def look_up_merged(field: str, into: str) -> list[Document]:
    """Return stages that say of each row which homes were merged into its own. By `merged`.

    `field`: with the path of the home. `into`: where their paths are written.
    """
    look_up = {
        "from": COLLECTION,
        "localField": field,
        "foreignField": "merged_into",
        "pipeline": [{"$project": {"_id": 1}}],
        "as": into,
    }
    return [{"$lookup": look_up}, {"$set": {into: f"${into}._id"}}]


async def page_under(
    db: Database, places: Sequence[str], *, after: str, limit: int
) -> list[StandingHome]:
    """Homes under some places that are not retired, by path. Served by index `kind`.

    The hint keeps it to one range of that index for each place, however many they are.
    """
    ranges = [
        {"_id": {**under(place), "$gt": after} if after >= place else under(place)}
        for place in places
        if after < place + "/"
    ]
    if not ranges:
        return []
    query = {"kind": Kind.HOME, "retired_from": None, "$or": ranges}
    cursor = db[COLLECTION].find(query, {"usage": 1}).sort("_id", 1).limit(limit)
    return msgspec.convert(await cursor.hint("kind").to_list(), list[StandingHome])


async def retired_under(db: Database, places: Sequence[str], day: str) -> list[str]:
    """Paths of homes under some places that are retired by a day. Served by index `retired`.

    That index has the few homes of the city that are retired and no other.
    """
    query = {"retired_from": {"$gt": "", "$lte": day}, **under_any("_id", places)}
    cursor = db[COLLECTION].find(query, {"_id": 1}).hint("retired")
    return [row["_id"] for row in await cursor.to_list()]


async def renamed_under(db: Database, place: str) -> list[Place]:
    """Renamed homes under a place. Served by index `renamed`."""
    query = {"renamed": True, "_id": under(place)}
    return msgspec.convert(await db[COLLECTION].find(query).to_list(), list[Place])
