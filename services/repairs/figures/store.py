"""Store of rollups of the figures of repairs."""

from collections.abc import Sequence
from typing import Final

from mongo_indexes.repair_rollups import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.kernel.paths import under, under_any
from services.repairs.figures.definitions import COUNTS
from services.repairs.figures.models import FiguresBy, Rollup
from services.repairs.models import Part

# Field that a breakdown goes by, once cells stand alone.
KEYS: Final = {
    FiguresBy.PLACE: "$compound",
    FiguresBy.FIRM: "$cells.firm",
    FiguresBy.CATEGORY: "$cells.category",
    FiguresBy.MONTH: "$month",
}


def rollup_id(compound: str, month: str) -> str:
    return f"{compound}|{month}"


async def put(db: Database, tx: Transaction, rollup: Rollup) -> None:
    """Write a rollup in place of the one there was; none when it has no cells."""
    key = {"_id": rollup.id}
    if rollup.cells:
        await db[COLLECTION].replace_one(key, to_document(rollup), upsert=True, session=tx)
    else:
        await db[COLLECTION].delete_one(key, session=tx)


async def kept(db: Database) -> list[tuple[str, str]]:
    """Return compound and month of all rollups: some thousands in a city. By `compound`."""
    query = {"compound": {"$gt": ""}}
    cursor = db[COLLECTION].find(query, {"compound": 1, "month": 1}, hint="compound")
    return [(each["compound"], each["month"]) for each in await cursor.to_list()]


async def sums(
    db: Database, where: Document, by: FiguresBy | None, hidden: Sequence[str], *, most: int
) -> list[Document]:
    """Return `_id`, the key of a part, and its sums as `rows`: some parts at most.

    A row: `of`, the name of a count or a time; of a time, `minutes`; and `repairs`, how much.
    In one query, so that counts and times are those of the same repairs, whatever is counted
    again meanwhile. Served by index `compound`.
    """
    counts = [{"of": name, "repairs": f"$cells.counts.{name}"} for name in COUNTS]
    name = {"of": "$rows.of", "minutes": "$rows.minutes"}
    row = {"of": "$_id.of", "minutes": "$_id.minutes", "repairs": "$repairs"}
    stages: list[Document] = [
        *_cells(where, hidden),
        {
            "$project": {
                "key": KEYS[by] if by else "",
                "rows": {"$concatArrays": [counts, "$cells.times"]},
            }
        },
        {"$unwind": "$rows"},
        {"$group": {"_id": {"key": "$key", **name}, "repairs": {"$sum": "$rows.repairs"}}},
        {"$group": {"_id": "$_id.key", "rows": {"$push": row}}},
        {"$limit": most},
    ]
    cursor = await db[COLLECTION].aggregate(stages, hint="compound", batchSize=most)
    return await cursor.to_list()


def of_place(place: str, from_month: str, to_month: str) -> Document:
    """Return the condition for the rollups of a place and some months."""
    return {"compound": under(place), "month": {"$gte": from_month, "$lte": to_month}}


def _cells(where: Document, hidden: Sequence[str]) -> list[Document]:
    """Return stages that give cells alone. `hidden`: places without what is of homes."""
    stages: list[Document] = [{"$match": where}, {"$unwind": "$cells"}]
    if hidden:
        outside: Document = {"$nor": [under_any("compound", hidden)]}
        stages.append({"$match": {"$or": [{"cells.part": Part.COMMON}, outside]}})
    return stages
