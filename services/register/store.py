"""Store of imports and of the problems found in them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from mongo_indexes import register_imports, register_problems
from services.dependencies import Database, Transaction
from services.kernel import errors
from services.kernel.documents import Document, prefixed, to_document
from services.kernel.pages import Key, Keyset, Page, chosen, within
from services.register.models import (
    Import,
    ImportSort,
    ImportsQuery,
    ProblemSort,
    ProblemsQuery,
)
from services.register.sheet.models import RowProblem, Severity
from services.register.states import TABLE, Action

ORDERS: Final = {
    ImportSort.NEWEST: Keyset(
        Key("uploaded_at", ascending=False, kind=datetime), Key(ascending=False)
    ),
    ImportSort.OLDEST: Keyset(Key("uploaded_at", kind=datetime), Key()),
}
# `_id` is the reading and the place in the file: see RowProblem.key.
PROBLEM_ORDERS: Final = {
    ProblemSort.ROW: Keyset(Key()),
    ProblemSort.SEVERITY: Keyset(Key("severity"), Key()),
}


async def find(db: Database, import_id: str, *, tx: Transaction | None = None) -> Import | None:
    document = await db[register_imports.COLLECTION].find_one({"_id": import_id}, session=tx)
    return msgspec.convert(document, Import | None)


async def get(db: Database, import_id: str, *, tx: Transaction | None = None) -> Import:
    """Import by its id. Raises NotFound."""
    found = await find(db, import_id, tx=tx)
    if found is None:
        raise errors.NotFound("没有找到这次导入")
    return found


async def page(db: Database, place: str, query: ImportsQuery) -> Page[Import]:
    """Imports of a compound. Served by index `listing`."""
    where = {
        "place": place,
        **chosen(query, "state"),
        **within("uploaded_at", query.uploaded_from, query.uploaded_to),
    }
    return await ORDERS[query.sort].page(
        db[register_imports.COLLECTION], Import, where, query, hint="listing"
    )


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


async def problems_of(db: Database, run: str, query: ProblemsQuery) -> Page[RowProblem]:
    """Problems of one reading. Served by `_id`, errors first by index `severity`."""
    where = {
        "_id": prefixed(run),
        "severity": {"$in": list(Severity)},
        **chosen(query, "severity", "code", "sheet"),
    }
    collection = db[register_problems.COLLECTION]
    return await PROBLEM_ORDERS[query.sort].page(collection, RowProblem, where, query)


async def remove_problems(db: Database, run: str) -> None:
    await db[register_problems.COLLECTION].delete_many({"_id": prefixed(run)})
