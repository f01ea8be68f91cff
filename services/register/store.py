"""Store of imports and of the problems found in them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from mongo_indexes import register_imports, register_problems
from services.dependencies import Database, Transaction
from services.kernel import errors
from services.kernel.documents import Document, prefixed, to_document
from services.register.models import Import
from services.register.sheet.models import RowProblem, Severity
from services.register.states import TABLE, Action


async def find(db: Database, import_id: str, *, tx: Transaction | None = None) -> Import | None:
    document = await db[register_imports.COLLECTION].find_one({"_id": import_id}, session=tx)
    return msgspec.convert(document, Import | None)


async def get(db: Database, import_id: str, *, tx: Transaction | None = None) -> Import:
    """Import by its id. Raises NotFound."""
    found = await find(db, import_id, tx=tx)
    if found is None:
        raise errors.NotFound("没有找到这次导入")
    return found


async def of_compound(
    db: Database, place: str, *, before: tuple[datetime, str] | None, limit: int
) -> list[Import]:
    """Imports of a compound, newest first. Served by index `listing`."""
    query: Document = {"place": place}
    if before is not None:
        at, import_id = before
        query["uploaded_at"] = {"$lte": at}
        query["$or"] = [{"uploaded_at": {"$lt": at}}, {"_id": {"$lt": import_id}}]
    cursor = (
        db[register_imports.COLLECTION]
        .find(query)
        .sort([("uploaded_at", -1), ("_id", -1)])
        .limit(limit)
    )
    return msgspec.convert(await cursor.to_list(), list[Import])


async def insert(db: Database, tx: Transaction, fresh: Import) -> bool:
    """Insert an import; False when it is there. An upsert: see services/jobs/store.py."""
    document = to_document(fresh)
    key = {"_id": document.pop("_id"), "place": document.pop("place")}
    result = await db[register_imports.COLLECTION].update_one(
        key, {"$setOnInsert": document}, upsert=True, session=tx
    )
    return result.upserted_id is not None


async def restart(db: Database, tx: Transaction, ended: Import, fresh: Import) -> bool:
    """Start an import again with the same file after its end; False if somebody was first."""
    document = to_document(fresh)
    del document["_id"], document["place"]
    collection = db[register_imports.COLLECTION]
    return await TABLE.move(collection, _key(ended), Action.UPLOAD, document, tx=tx)


def _key(found: Import) -> Document:
    return {"_id": found.id, "place": found.place, "round": found.round, "run": found.run}


async def move(
    db: Database,
    found: Import,
    action: Action,
    *,
    tx: Transaction | None = None,
    **changes: Any,
) -> bool:
    """Move an import along the table, if it is as it was found; False if somebody was first.

    Raises DuplicateKeyError: another import is busy in this compound.
    """
    document = msgspec.to_builtins(changes, builtin_types=(datetime,))
    collection = db[register_imports.COLLECTION]
    return await TABLE.move(collection, _key(found), action, document, tx=tx)


async def note_progress(db: Database, found: Import, done: int, total: int) -> bool:
    """Note how many rows a reading has done; False when the reading is no longer wanted."""
    change = {"$set": {"done": done, "total": total}}
    key = TABLE.where(_key(found), Action.PREVIEW)
    return (await db[register_imports.COLLECTION].update_one(key, change)).matched_count == 1


async def move_mark(
    db: Database, tx: Transaction, found: Import, action: Action, *, mark: str, **more: int
) -> bool:
    """Move the mark of a long job and count what was done; False when another worker did.

    `action`: the one that will end the job. `more`: what to add, by field.
    """
    key = TABLE.where({**_key(found), "mark": found.mark}, action)
    # `steps` makes this a write even when nothing else changes, so that two workers collide.
    change = {"$set": {"mark": mark}, "$inc": {**more, "steps": 1}}
    return (
        await db[register_imports.COLLECTION].update_one(key, change, session=tx)
    ).matched_count == 1


async def put_problems(
    db: Database, run: str, found: Sequence[RowProblem], expires_at: datetime
) -> None:
    """Insert the problems of one reading; two alike are one."""
    documents = {
        key: {"_id": key, **to_document(problem), "expires_at": expires_at}
        for problem in found
        if (key := f"{run}:{problem.key}")
    }
    if documents:
        await db[register_problems.COLLECTION].insert_many(
            list(documents.values()), ordered=False
        )


async def problems_of(
    db: Database, run: str, severity: Severity | None, *, after: str, limit: int
) -> list[RowProblem]:
    """Problems of one reading, by row. Served by `_id`."""
    query: Document = {"_id": {**prefixed(run), "$gt": f"{run}:{after}"}}
    if severity:
        query["severity"] = severity
    cursor = db[register_problems.COLLECTION].find(query).sort("_id", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[RowProblem])


async def remove_problems(db: Database, run: str) -> None:
    await db[register_problems.COLLECTION].delete_many({"_id": prefixed(run)})
