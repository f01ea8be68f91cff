"""Store of the homes that broadcasts mean, and of how each was reached."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from pymongo import UpdateOne

from mongo_indexes.broadcast_homes import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel import steps
from services.kernel.bulk import insert_new
from services.kernel.documents import Document, to_document
from services.kernel.measures import sum_if, written
from services.kernel.pages import Key, Keyset, ListQuery, Page
from services.kernel.paths import part, under, under_each
from services.messaging.broadcasts.models import Because, BroadcastHome, LookUp, home_id

BY_HOME: Final = Keyset(Key("home"), Key())
# Of those that are not reached: who of a home has it in the inbox, and what WeChat took.
SOMEBODY: Final = {"people.0": {"$exists": True}}
WHY: Final[dict[Because, Document]] = {
    Because.NOBODY_BOUND: {"people": []},
    Because.INBOX_ONLY: {**SOMEBODY, "pushed_at": None},
    Because.PUSHED_NOT_OPENED: {**SOMEBODY, "pushed_at": {"$type": "date"}},
}


async def put(db: Database, homes: Sequence[BroadcastHome]) -> None:
    """Write homes once each; who is bound there by now is added to those that are there."""
    documents = [to_document(home) for home in homes]
    writes = [
        UpdateOne({"_id": row["_id"]}, {"$addToSet": {"people": {"$each": row["people"]}}})
        for row in await insert_new(db[COLLECTION], documents)
    ]
    if writes:
        await db[COLLECTION].bulk_write(writes, ordered=False)


async def count(db: Database, broadcast: str) -> int:
    """Count the homes that a broadcast means. Served by index `by_home`."""
    query = {"broadcast": broadcast}
    return await db[COLLECTION].count_documents(query, hint="by_home")


async def find_many(db: Database, tx: Transaction | None, ids: Sequence[str]) -> list[Document]:
    """Return who is bound to some of the homes."""
    cursor = db[COLLECTION].find({"_id": {"$in": list(ids)}}, {"people": 1}, session=tx)
    return await cursor.to_list()


async def note(
    db: Database,
    ids: Sequence[str],
    field: str,
    at: datetime,
    *,
    reached: bool,
    tx: Transaction | None = None,
) -> int:
    """Note how homes were reached, and whether that counts; return for how many it is news.

    `field`: pushed_at, shown_at, answered_at or visited_at; the first time stays.
    """
    changes: Document = {field: at, **({"reached": True} if reached else {})}
    query = {"_id": {"$in": list(ids)}, field: None}
    done = await db[COLLECTION].update_many(query, {"$set": changes}, session=tx)
    return done.modified_count


async def note_answered(
    db: Database, tx: Transaction, broadcast: str, home: str, at: datetime
) -> None:
    """Note that a home answered, whether it is gathered by now or not; the first time stays."""
    kept: Document = {
        "broadcast": broadcast,
        "home": home,
        "people": {"$ifNull": ["$people", []]},
        "answered_at": {"$ifNull": ["$answered_at", at]},
        "reached": True,
    }
    key = {"_id": home_id(broadcast, home)}
    await db[COLLECTION].update_one(key, [{"$set": kept}], upsert=True, session=tx)


async def unpush(db: Database, tx: Transaction, ids: Sequence[str]) -> None:
    """Note that what WeChat had taken for these homes did not arrive."""
    query = {"_id": {"$in": list(ids)}}
    await db[COLLECTION].update_many(query, {"$set": {"pushed_at": None}}, session=tx)


async def unreached(
    db: Database,
    broadcasts: Sequence[str],
    places: Sequence[str],
    query: ListQuery,
    because: Because | None,
) -> Page[BroadcastHome]:
    """Homes under some places where nobody was reached. Served by index `by_home`.

    A query for fifty places, each of which merges the broadcasts in the order of the homes.
    """
    told = {"broadcast": {"$in": list(broadcasts)}, "reached": False}
    narrow = WHY[because] if because else {}
    parts = [("by_home", {**told, **each, **narrow}) for each in under_each("home", places)]
    return await BY_HOME.page_of_any(db[COLLECTION], BroadcastHome, parts, query)


def look_up(asked: LookUp) -> list[Document]:
    """Return stages that make of each row of a pipeline its homes which were not reached.

    For a package whose rows each have a `broadcast`: the home stands in `homes.home`, and a row
    is there for each home. Served by index `by_home`, a scan for each row and fifty places.
    """
    if len(asked.ranges) == 1:  # read one by one, as far as they are asked for
        return [_look_up(asked, asked.ranges[0], "homes"), {"$unwind": "$homes"}]
    fields = [f"homes_{number}" for number, _ in enumerate(asked.ranges)]
    parts = [_look_up(asked, *each) for each in zip(asked.ranges, fields, strict=True)]
    homes = {"$concatArrays": [f"${name}" for name in fields]}
    return [*parts, {"$set": {"homes": homes}}, {"$unset": fields}, {"$unwind": "$homes"}]


def _look_up(asked: LookUp, around: Document, name: str) -> Document:
    """Return the stage for one range: in it, nothing that the index does not do by itself.

    With another stage before the limit the database would read ahead, thousands of homes of
    each row. No index is thought of for a $nor, so that none but `by_home` is. Where all homes
    are asked for, no document is read.
    """
    where: Document = {"reached": False, **around}
    if asked.first is not None:
        where["$expr"] = {"$gte": ["$home", "$$first"]}
    left_out: list[Document] = []
    if asked.without:
        left_out.append({"_id": {"$in": list(asked.without)}})
    if asked.apart:
        left_out.append({"home": {"$in": list(asked.apart)}})
    if left_out:
        where["$nor"] = left_out
    return {
        "$lookup": {
            "from": COLLECTION,
            "localField": "broadcast",
            "foreignField": "broadcast",
            "let": {"first": asked.first},
            "pipeline": [
                {"$match": where},
                {"$sort": {"home": 1, "_id": 1}},
                {"$limit": asked.limit},
                {"$project": {"_id": 0, "home": 1}},
            ],
            "as": name,
        }
    }


async def unanswered(
    db: Database,
    broadcast: str,
    places: Sequence[str],
    query: ListQuery,
    *,
    without: Sequence[str],
) -> Page[BroadcastHome]:
    """Homes under some places that did not answer. Served by index `by_home`, as above.

    `without`: paths of homes that are left out.
    """
    asked: Document = {
        "broadcast": broadcast,
        "reached": {"$in": [True, False]},
        "answered_at": None,
    }
    if without:
        asked["_id"] = {"$nin": [home_id(broadcast, home) for home in without]}
    parts = [("by_home", {**asked, **each}) for each in under_each("home", places)]
    return await BY_HOME.page_of_any(db[COLLECTION], BroadcastHome, parts, query)


async def unanswered_among(db: Database, broadcast: str, homes: Sequence[str]) -> list[str]:
    """Return those of some homes that a broadcast means and that did not answer."""
    ids = [home_id(broadcast, home) for home in homes]
    query = {"_id": {"$in": ids}, "answered_at": None}
    return [row["home"] for row in await db[COLLECTION].find(query, {"home": 1}).to_list()]


async def reach(
    db: Database, broadcast: str, place: str, depth: int
) -> dict[str, dict[str, int]]:
    """Return part → figures of HomesReached. Served by index `by_home`.

    `depth`: segments of a part's path.
    """
    where = {"broadcast": broadcast, "home": under(place)}
    group = {
        "_id": part("$home", depth),
        "meant": {"$sum": 1},
        "pushed": sum_if(written("pushed_at")),
        "shown": sum_if(written("shown_at")),
        "answered": sum_if(written("answered_at")),
        "visited": sum_if(written("visited_at")),
        "reached": sum_if("$reached"),
        "unreached": sum_if({"$not": "$reached"}),
        "nobody": sum_if({"$eq": ["$people", []]}),
    }
    pipeline: list[Document] = [{"$match": where}, {"$group": group}]
    cursor = await db[COLLECTION].aggregate(pipeline, hint="by_home")
    return {row.pop("_id"): row async for row in cursor}


async def leave_out(db: Database, broadcast: str, people: Sequence[str]) -> None:
    """Take closed accounts out of a broadcast's homes. Served by index `people`."""
    query = {"broadcast": broadcast, "people": {"$in": list(people)}}
    await db[COLLECTION].update_many(query, {"$pull": {"people": {"$in": list(people)}}})


async def forget(db: Database, tx: Transaction, person_id: str) -> bool:
    """Take a person out of some homes; True while there may be more. By index `people`."""
    query = {"people": person_id}
    return await steps.change(tx, db[COLLECTION], query, {"$pull": {"people": person_id}})
