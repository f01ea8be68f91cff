"""Store of exports and of the parts of their files."""

from typing import Any, Final

import msgspec

from mongo_indexes import export_parts, exports
from services.dependencies import Database, Transaction
from services.exports.models import Export, part_id
from services.exports.states import TABLE, ExportAction, ExportState
from services.kernel import steps
from services.kernel.documents import to_document
from services.kernel.pages import Key, Keyset, ListQuery, Page

# A megabyte each: what one transaction removes stays small.
PARTS_AT_ONCE: Final = 20
NEWEST: Final = Keyset(Key("_id", ascending=False))


async def insert(db: Database, tx: Transaction, export: Export) -> None:
    await db[exports.COLLECTION].insert_one(to_document(export), session=tx)


async def find(db: Database, export_id: str) -> Export | None:
    document = await db[exports.COLLECTION].find_one({"_id": export_id})
    return msgspec.convert(document, Export | None)


async def of_person(db: Database, person: str, query: ListQuery) -> Page[Export]:
    """A person's exports, the newest first. Served by index `person`."""
    return await NEWEST.page(db[exports.COLLECTION], Export, {"person": person}, query)


async def note_rows(db: Database, export_id: str, rows: int) -> bool:
    """Say how far a file is; False when another try has finished it, or it is gone."""
    key = {"_id": export_id, "state": ExportState.WRITING}
    done = await db[exports.COLLECTION].update_one(key, {"$set": {"rows": rows}})
    return done.matched_count == 1


async def move(db: Database, export_id: str, action: ExportAction, **changes: Any) -> bool:
    """Compare and set; False when another try was first."""
    return await TABLE.move(db[exports.COLLECTION], {"_id": export_id}, action, changes)


async def insert_part(
    db: Database, export: Export, attempt: str, number: int, content: bytes
) -> None:
    part = {
        "_id": part_id(export, attempt, number),
        "export": export.id,
        "person": export.person,
        "attempt": attempt,
        "number": number,
        "content": content,
        "expires_at": export.expires_at,
    }
    await db[export_parts.COLLECTION].insert_one(part)


async def parts(db: Database, export: Export) -> list[bytes]:
    """Return the sealed parts of a file, in order. Served by index `export`."""
    query = {"export": export.id, "attempt": export.attempt}
    cursor = db[export_parts.COLLECTION].find(query).sort("number", 1)
    return [part["content"] async for part in cursor]


async def count_of(db: Database, tx: Transaction, person: str) -> int:
    """Count the files of a person that are not over. Served by index `person`."""
    return await db[exports.COLLECTION].count_documents({"person": person}, session=tx)


async def under_way(db: Database, tx: Transaction, person: str) -> list[Export]:
    """Return a person's files that are not written yet: a few. Served by index `person`."""
    query = {"person": person, "state": ExportState.WRITING}
    cursor = db[exports.COLLECTION].find(query, session=tx)
    return msgspec.convert(await cursor.to_list(), list[Export])


async def remove_of(db: Database, tx: Transaction, person: str) -> None:
    """Remove a person's exports, and the keys of their files. Served by index `person`."""
    await db[exports.COLLECTION].delete_many({"person": person}, session=tx)


async def remove_parts(db: Database, tx: Transaction, person: str) -> bool:
    """Remove a step of the parts of a person's files. Served by index `person`."""
    query = {"person": person}
    return await steps.remove(tx, db[export_parts.COLLECTION], query, at_once=PARTS_AT_ONCE)
