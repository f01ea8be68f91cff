"""Store of cases: reads and the compare-and-set of every kind, and the history of all."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import msgspec
from pymongo import UpdateOne

from mongo_indexes.case_events import COLLECTION
from services.cases.kinds import Kind
from services.cases.models import Event
from services.dependencies import Database, Transaction
from services.kernel.bulk import insert_all
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, ListQuery, Page

HISTORY: Keyset = Keyset(Key())
ROWS_AT_ONCE: Final = 100  # of a history whose photos go


async def find(
    db: Database, kind: Kind, case_id: str, *, tx: Transaction | None = None
) -> Any | None:
    """Return a case as its kind keeps it."""
    document = await db[kind.collection].find_one({"_id": case_id}, session=tx)
    return msgspec.convert(document, kind.model | None)


async def move(
    db: Database, tx: Transaction, kind: Kind, found: Any, action: StrEnum, changes: Document
) -> bool:
    """Take a step by compare-and-set; False when somebody took another since it was read."""
    written = _built({**changes, "steps": found.steps + 1})
    collection = db[kind.collection]
    return await kind.table.move(collection, kind.compare(found), action, written, tx=tx)


async def change(
    db: Database, tx: Transaction, kind: Kind, found: Any, changes: Document, *, steps: int
) -> bool:
    """Change a case that stays in its state, with so many rows of history; as `move`."""
    written = _built({**changes, "steps": found.steps + steps})
    done = await db[kind.collection].update_one(
        kind.compare(found), {"$set": written}, session=tx
    )
    return done.matched_count == 1


async def count_out(db: Database, tx: Transaction, kind: Kind, ids: Sequence[str]) -> None:
    """Count one who joined less, in each of some cases."""
    query, change = {"_id": {"$in": list(ids)}}, {"$inc": {"joiners": -1}}
    await db[kind.collection].update_many(query, change, session=tx)


def _built(changes: Document) -> Document:
    """Return changes as MongoDB keeps them: structs become documents."""
    built: Document = msgspec.to_builtins(changes, builtin_types=(datetime, bytes))
    return built


async def record(db: Database, tx: Transaction, events: Sequence[Event]) -> None:
    await insert_all(tx, db[COLLECTION], [to_document(each) for each in events])


async def history(
    db: Database, case_id: str, query: ListQuery, *, where: Document
) -> Page[Event]:
    """Some rows of a case's history, the earliest first. Served by index `case`."""
    of_case: Document = {"case": case_id, **where}
    return await HISTORY.page(db[COLLECTION], Event, of_case, query, hint="case")


async def events(db: Database, tx: Transaction | None, case_id: str) -> list[Event]:
    """All rows of a case's history, the earliest first. Served by index `case`."""
    cursor = db[COLLECTION].find({"case": case_id}, hint="case", session=tx).sort("_id", 1)
    return msgspec.convert(await cursor.to_list(), list[Event])


async def last(db: Database, case_id: str, action: StrEnum) -> Event | None:
    """The last row of a case in which a step was taken. Served by index `case`."""
    query: Document = {"case": case_id, "action": action}
    document = await db[COLLECTION].find_one(query, hint="case", sort=[("_id", -1)])
    return msgspec.convert(document, Event | None)


async def written_by(
    db: Database, tx: Transaction, person_id: str, *, limit: int
) -> list[Event]:
    """Rows with a remark that somebody made about their own case. Served by index `remarks`."""
    query = {"by": person_id, "by_office": False, "remark_sealed": {"$gt": ""}}
    cursor = db[COLLECTION].find(query, session=tx).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Event])


async def blank(db: Database, tx: Transaction, ids: Sequence[str]) -> None:
    """Remove the remarks of some rows."""
    change: Mapping[str, Any] = {"$set": {"remark_sealed": "", "photo_ids": []}}
    writes = [UpdateOne({"_id": each}, change) for each in ids]
    if writes:
        await db[COLLECTION].bulk_write(writes, ordered=False, session=tx)


async def unname(db: Database, tx: Transaction, case_id: str) -> None:
    """Remove who took the steps of a case by no office. Served by index `case`."""
    query: Document = {"case": case_id, "by_office": False, "by": {"$gt": ""}}
    gone = {"$set": {"by": "", "unnamed": True}}
    await db[COLLECTION].update_many(query, gone, hint="case", session=tx)


async def with_photos(
    db: Database,
    tx: Transaction | None,
    case_id: str,
    *,
    where: Document | None = None,
    limit: int,
) -> list[Event]:
    """Rows of a case with something attached, the earliest first. Served by index `case`."""
    query = {"case": case_id, "photo_ids.0": {"$exists": True}, **(where or {})}
    cursor = db[COLLECTION].find(query, hint="case", session=tx).sort("_id", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Event])


async def count_photos(db: Database, tx: Transaction, case_id: str) -> int:
    """Count what is attached to the rows of a case. Served by index `case`."""
    steps: list[Document] = [
        {"$match": {"case": case_id, "photo_ids.0": {"$exists": True}}},
        {"$group": {"_id": None, "count": {"$sum": {"$size": "$photo_ids"}}}},
    ]
    cursor = await db[COLLECTION].aggregate(steps, hint="case", session=tx)
    found = await cursor.to_list()
    return int(found[0]["count"]) if found else 0


async def count_since(
    db: Database, tx: Transaction, case_id: str, action: str, by: str, since: datetime
) -> int:
    """Count how often somebody took a step of a case. Served by index `case`."""
    query = {"case": case_id, "action": action, "by": by, "at": {"$gte": since}}
    return await db[COLLECTION].count_documents(query, hint="case", session=tx)


async def cases_of(
    db: Database, kind: str, by: str, actions: Collection[StrEnum], span: Document
) -> list[str]:
    """Return cases in which somebody took such a step by office. Served by index `by_time`."""
    query: Document = {
        "by": by,
        "kind": kind,
        "at": span,
        "by_office": True,
        "action": {"$in": sorted(actions)},
    }
    cursor = db[COLLECTION].find(query, {"case": 1}, hint="by_time")
    return sorted({row["case"] for row in await cursor.to_list()})


async def remove_photos(db: Database, tx: Transaction, ids: Sequence[str]) -> None:
    """Remove the photos of some rows, and keep their remarks."""
    query = {"_id": {"$in": list(ids)}}
    await db[COLLECTION].update_many(query, {"$set": {"photo_ids": []}}, session=tx)
