"""Store of the parts of tasks and of their homes. Steps are written by services/cases."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from mongo_indexes import task_homes
from mongo_indexes.task_parts import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.bulk import insert_all
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import part as segments
from services.kernel.paths import under
from services.kernel.permissions import HEADS, Role
from services.kernel.today import MOST_COUNTED, Part
from services.kernel.work import Worked
from services.tasks.parts.models import HomesQuery, MyPartsQuery, PartsQuery, TaskHome, TaskPart
from services.tasks.parts.states import ANSWERABLE, TaskPartState

MINE: Final = Keyset(Key("created_at", ascending=False, kind=datetime), Key())
BY_DUE: Final = Keyset(Key("sort_due", kind=datetime), Key())
BY_PLACE: Final = Keyset(Key("place"), Key())
BY_HOME: Final = Keyset(Key("home"))


async def insert(
    db: Database, tx: Transaction, part: TaskPart, homes: Sequence[TaskHome]
) -> None:
    await db[COLLECTION].insert_one(to_document(part), session=tx)
    rows = [to_document(home) for home in homes]
    await insert_all(tx, db[task_homes.COLLECTION], rows)


async def find(db: Database, part_id: str, *, tx: Transaction | None = None) -> TaskPart | None:
    document = await db[COLLECTION].find_one({"_id": part_id}, session=tx)
    return msgspec.convert(document, TaskPart | None)


async def in_hand(db: Database, held: Sequence[str], query: MyPartsQuery) -> Page[TaskPart]:
    """Open parts that some offices have in hand, by their day; of another state, newest first.

    Served by the indexes `held` and `held_newest`.
    """
    state = query.state or TaskPartState.OPEN
    where = {"held": {"$in": list(held)}, "state": state}
    order, index = (BY_DUE, "held") if state is TaskPartState.OPEN else (MINE, "held_newest")
    return await order.page(db[COLLECTION], TaskPart, where, query, hint=index)


async def due(db: Database, held: Sequence[str], wanted: Part) -> list[TaskPart]:
    """Part of what some offices have in hand, by its day and id. Served by index `held`."""
    mine = {"held": {"$in": list(held)}, "state": TaskPartState.OPEN}
    where = {**mine, **wanted.where("sort_due")}
    cursor = db[COLLECTION].find(where, hint="held").sort(BY_DUE.order).limit(wanted.limit)
    return msgspec.convert(await cursor.to_list(), list[TaskPart])


async def count_open(db: Database, place: str) -> int:
    """Count open parts under a place, up to a thousand. Served by index `open_place`.

    What lies with staff, as an office is vacant, is on no head's list.
    """
    heads = {"$in": list(HEADS)}
    query = {"place": under(place), "state": TaskPartState.OPEN, "rung": heads}
    collection = db[COLLECTION]
    return await collection.count_documents(query, hint="open_place", limit=MOST_COUNTED)


async def page(db: Database, task: str, query: PartsQuery) -> Page[TaskPart]:
    """Parts of a task, by place. Served by index `task`."""
    where: Document = {"task": task, **chosen(query, "state", "overdue")}
    if query.place is not None:
        where["place"] = under(query.place)
    return await BY_PLACE.page(db[COLLECTION], TaskPart, where, query, hint="task")


async def progress(db: Database, task: str, depth: int) -> list[Document]:
    """Sums of a task's parts by the first segments of their places. Served by index `task`."""
    is_open: Document = {"$eq": ["$state", TaskPartState.OPEN]}
    late: Document = {"$and": [is_open, "$overdue"]}
    sums: Document = {name: {"$sum": f"${name}"} for name in ("homes", "done", "nobody_there")}
    steps: list[Document] = [
        {"$match": {"task": task, "state": {"$ne": TaskPartState.WITHDRAWN}}},
        {
            "$group": {
                "_id": segments("$place", depth),
                "parts": {"$sum": 1},
                "open_parts": {"$sum": {"$cond": [is_open, 1, 0]}},
                "overdue_parts": {"$sum": {"$cond": [late, 1, 0]}},
                **sums,
                "last_at": {"$max": "$last_at"},
            }
        },
        {"$sort": {"_id": 1}},
    ]
    return await (await db[COLLECTION].aggregate(steps, hint="task")).to_list()


async def reported_by(db: Database, worked: Worked) -> list[bool]:
    """Return of each part that a head reported whether it was late. By index `reported`."""
    query: Document = {
        "reported_by": worked.person,
        "reported_at": worked.span,
        **worked.at("place"),
    }
    cursor = db[COLLECTION].find(query, {"reported_late": 1}, hint="reported")
    return [row["reported_late"] for row in await cursor.to_list()]


# Homes


async def find_home(db: Database, tx: Transaction, part: str, home: str) -> TaskHome | None:
    """Home of a part. Served by index `part`."""
    query = {"part": part, "home": home}
    document = await db[task_homes.COLLECTION].find_one(query, session=tx)
    return msgspec.convert(document, TaskHome | None)


async def homes(db: Database, part: str, query: HomesQuery) -> Page[TaskHome]:
    """Homes of a part by path. Served by index `part`."""
    where: Document = {"part": part}
    if query.answered is not None:
        where["at"] = {"$ne": None} if query.answered else None
    collection = db[task_homes.COLLECTION]
    return await BY_HOME.page(collection, TaskHome, where, query, hint="part")


async def answer(
    db: Database, tx: Transaction, part: TaskPart, home: TaskHome, added: dict[str, int]
) -> TaskPart | None:
    """Write an answer and count it; None when the part takes none any more."""
    written: Document = to_document(home)
    del written["_id"]
    await db[task_homes.COLLECTION].update_one({"_id": home.id}, {"$set": written}, session=tx)
    query = {"_id": part.id, "state": {"$in": list(ANSWERABLE)}}
    change: Document = {"$set": {"last_at": home.at}}
    if counted := {name: by for name, by in added.items() if by}:
        change["$inc"] = counted
    document: Any = await db[COLLECTION].find_one_and_update(
        query, change, session=tx, return_document=True
    )
    return msgspec.convert(document, TaskPart | None)


# Jobs


async def answerable(db: Database, task: str, *, limit: int) -> list[TaskPart]:
    """Parts of a task that are not over. Served by index `task_open`."""
    query = {"task": task, "state": {"$in": list(ANSWERABLE)}}
    cursor = db[COLLECTION].find(query, hint="task_open").limit(limit)
    return msgspec.convert(await cursor.to_list(), list[TaskPart])


async def open_after(db: Database, after: str, *, limit: int) -> list[TaskPart]:
    """Open parts by id. Served by index `open`."""
    query = {"_id": {"$gt": after}, "state": TaskPartState.OPEN}
    cursor = db[COLLECTION].find(query, hint="open").sort("_id", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[TaskPart])


async def hand(
    db: Database, tx: Transaction, part: TaskPart, rung: Role, held: Sequence[str]
) -> bool:
    """Write which office has an open part in hand; False when it changed meanwhile."""
    key = {"_id": part.id, "state": TaskPartState.OPEN, "rung": part.rung, "held": part.held}
    change = {"$set": {"rung": rung, "held": list(held)}}
    return (await db[COLLECTION].update_one(key, change, session=tx)).matched_count == 1


async def with_traces(
    db: Database, tx: Transaction, task: str, *, limit: int
) -> list[TaskHome]:
    """Homes of a task with a note or photos. Served by index `traces`."""
    query = {"task": task, "has_traces": True}
    cursor = db[task_homes.COLLECTION].find(query, hint="traces", session=tx).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[TaskHome])


async def blank(db: Database, tx: Transaction, ids: Sequence[str]) -> None:
    """Remove the notes and photos of some homes; what was counted stays."""
    change = {"$set": {"note_sealed": "", "photo_ids": [], "has_traces": False}}
    await db[task_homes.COLLECTION].update_many({"_id": {"$in": list(ids)}}, change, session=tx)
