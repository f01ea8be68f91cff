"""Store of tasks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from mongo_indexes.tasks import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under_any
from services.tasks.models import Task, TasksQuery
from services.tasks.states import TABLE, TaskAction, TaskState

NEWEST: Final = Keyset(Key("given_at", ascending=False, kind=datetime), Key(ascending=False))


async def insert(db: Database, tx: Transaction, task: Task) -> None:
    await db[COLLECTION].insert_one(to_document(task), session=tx)


async def find(db: Database, task_id: str, *, tx: Transaction | None = None) -> Task | None:
    document = await db[COLLECTION].find_one({"_id": task_id}, session=tx)
    return msgspec.convert(document, Task | None)


async def move(
    db: Database, tx: Transaction, task: Task, action: TaskAction, changes: Mapping[str, Any]
) -> bool:
    """Compare and set the state; False when somebody was first."""
    key = {"_id": task.id, "state": task.state}
    return await TABLE.move(db[COLLECTION], key, action, dict(changes), tx=tx)


async def go_on(
    db: Database, tx: Transaction, task: Task, after: str, *, parts: int, homes: int
) -> bool:
    """Note the last part that was made; False when another worker went on, or it is off."""
    key = {"_id": task.id, "state": TaskState.SPREADING, "after": task.after}
    change = {"$set": {"after": after}, "$inc": {"parts": parts, "homes": homes}}
    done = await db[COLLECTION].update_one(key, change, session=tx)
    return done.matched_count == 1


async def page(db: Database, places: Sequence[str], query: TasksQuery) -> Page[Task]:
    """Tasks under some places, newest first. Served by the indexes `place` and `newest`."""
    where = {
        "state": {"$in": list(TaskState)},
        **chosen(query, "state"),
        **under_any("place", places),
    }
    return await NEWEST.page(db[COLLECTION], Task, where, query)
