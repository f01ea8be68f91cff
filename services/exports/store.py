"""Store of exports and of the parts of their files."""

from typing import Any, Final

import msgspec

from mongo_indexes import export_parts, exports
from services.dependencies import Database, Transaction
from services.exports.models import Export, part_id
from services.exports.states import TABLE, ExportAction, ExportState
from services.kernel.documents import to_document
from services.kernel.pages import Key, Keyset, ListQuery, Page

NEWEST: Final = Keyset(Key("_id", ascending=False))


async def insert(db: Database, tx: Transaction, export: Export) -> None:
    await db[exports.COLLECTION].insert_one(to_document(export), session=tx)


async def find(db: Database, export_id: str) -> Export | None:
    document = await db[exports.COLLECTION].find_one({"_id": export_id})
    return msgspec.convert(document, Export | None)


async def of_person(db: Database, person: str, query: ListQuery) -> Page[Export]:
    """A person's exports, the newest first. Served by index `person`."""
    return await NEWEST.page(db[exports.COLLECTION], Export, {"person": person}, query)


async def note_rows(db: Database, export_id: str, rows: int) -> None:
    """Say how far a file is, unless another try has finished it."""
    key = {"_id": export_id, "state": ExportState.WRITING}
    await db[exports.COLLECTION].update_one(key, {"$set": {"rows": rows}})


async def move(db: Database, export_id: str, action: ExportAction, **changes: Any) -> bool:
    """Compare and set; False when another try was first."""
    return await TABLE.move(db[exports.COLLECTION], {"_id": export_id}, action, changes)


async def insert_part(
    db: Database, export: Export, attempt: str, number: int, content: bytes
) -> None:
    part = {
        "_id": part_id(export, attempt, number),
        "export": export.id,
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


async def remove_of(db: Database, tx: Transaction, person: str) -> int:
    """Remove a person's exports with their files; return how many.

    Both are few: some an hour, kept for a day. Served by the indexes `person` and `export`.
    """
    found = db[exports.COLLECTION].find({"person": person}, {"_id": 1}, session=tx)
    ids = [document["_id"] for document in await found.to_list()]
    await db[export_parts.COLLECTION].delete_many({"export": {"$in": ids}}, session=tx)
    done = await db[exports.COLLECTION].delete_many({"_id": {"$in": ids}}, session=tx)
    return done.deleted_count
