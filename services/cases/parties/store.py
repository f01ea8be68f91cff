"""Store of the parties of cases."""

from collections.abc import Sequence
from typing import Final

import msgspec
from pymongo import UpdateOne

from mongo_indexes.case_parties import COLLECTION
from services.cases.parties.models import PartyRow, party_id
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, ListQuery, Page

NEWEST: Final = Keyset(Key("case", ascending=False))


async def insert(db: Database, tx: Transaction, row: PartyRow) -> bool:
    """Insert a party; False when the person is one already."""
    done = await db[COLLECTION].update_one(
        {"_id": row.id}, {"$setOnInsert": to_document(row)}, upsert=True, session=tx
    )
    return done.upserted_id is not None


async def insert_many(db: Database, tx: Transaction, rows: Sequence[PartyRow]) -> int:
    """Insert the parties that are not there yet; return how many."""
    writes = [
        UpdateOne({"_id": row.id}, {"$setOnInsert": to_document(row)}, upsert=True)
        for row in rows
    ]
    if not writes:
        return 0
    return (await db[COLLECTION].bulk_write(writes, ordered=False, session=tx)).upserted_count


async def join(db: Database, tx: Transaction, row: PartyRow) -> bool:
    """Insert who joins, or let who wrote it down for somebody join; False when they have."""
    if await insert(db, tx, row):
        return True
    key: Document = {"_id": row.id, "is_filer": True}
    change: Document = {"$set": {"is_filer": False, "is_reporter": False}}
    done = await db[COLLECTION].update_one(key, change, session=tx)
    return done.matched_count == 1


async def find(
    db: Database, case_id: str, person_id: str, *, tx: Transaction | None = None
) -> PartyRow | None:
    key = {"_id": party_id(case_id, person_id)}
    document = await db[COLLECTION].find_one(key, session=tx)
    return msgspec.convert(document, PartyRow | None)


async def of_cases(db: Database, case_ids: Sequence[str], person_id: str) -> list[PartyRow]:
    """Return a person's rows of some cases, in any order."""
    ids = [party_id(each, person_id) for each in case_ids]
    cursor = db[COLLECTION].find({"_id": {"$in": ids}})
    return msgspec.convert(await cursor.to_list(), list[PartyRow])


async def page(
    db: Database, case_id: str, after: str, *, limit: int, tx: Transaction | None = None
) -> list[PartyRow]:
    """Return parties of a case, by id. Served by index `case`."""
    query = {"case": case_id, "_id": {"$gt": after}}
    cursor = db[COLLECTION].find(query, session=tx).sort("_id", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[PartyRow])


async def unasked(
    db: Database, tx: Transaction, case_id: str, number: int, *, limit: int
) -> list[PartyRow]:
    """Return parties of a case who were not asked in a round. Served by index `case`."""
    query = {"case": case_id, "asked": {"$lt": number}}
    cursor = db[COLLECTION].find(query, session=tx).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[PartyRow])


async def mark_asked(db: Database, tx: Transaction, ids: Sequence[str], number: int) -> None:
    change: Document = {"$set": {"asked": number}}
    await db[COLLECTION].update_many({"_id": {"$in": list(ids)}}, change, session=tx)


async def answer(
    db: Database, tx: Transaction, row: PartyRow, number: int, *, fixed: bool, note: str
) -> bool:
    """Keep a person's answer in a round; False when they have answered it."""
    key: Document = {"_id": row.id, "answered": {"$lt": number}}
    change: Document = {"$set": {"answered": number, "fixed": fixed, "note_sealed": note}}
    done = await db[COLLECTION].update_one(key, change, session=tx)
    return done.matched_count == 1


async def filers(db: Database, tx: Transaction, case_id: str, number: int) -> list[PartyRow]:
    """Who wrote a case down and has not answered in a round. Served by index `case`."""
    query = {"case": case_id, "is_filer": True, "answered": {"$lt": number}}
    cursor = db[COLLECTION].find(query, session=tx)
    return msgspec.convert(await cursor.to_list(), list[PartyRow])


async def is_answer_missing(
    db: Database, tx: Transaction, case_id: str, number: int, *, but: str
) -> bool:
    """Tell whether a party, but one, has not answered in a round. Served by index `case`."""
    query = {"case": case_id, "answered": {"$lt": number}, "person": {"$ne": but}}
    return await db[COLLECTION].find_one(query, {"_id": 1}, session=tx) is not None


async def of_person(
    db: Database, person_id: str, kind: str, query: ListQuery
) -> Page[PartyRow]:
    """Cases of a kind that a person reported or joined, newest first. By index `person`."""
    where = {"person": person_id, "kind": kind}
    return await NEWEST.page(db[COLLECTION], PartyRow, where, query, hint="person")


async def with_person(
    db: Database, tx: Transaction, person_id: str, *, limit: int
) -> list[PartyRow]:
    """Return some rows of a person, for erasure. Served by index `person`."""
    cursor = db[COLLECTION].find({"person": person_id}, session=tx).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[PartyRow])


async def remove(db: Database, tx: Transaction, ids: Sequence[str]) -> None:
    await db[COLLECTION].delete_many({"_id": {"$in": list(ids)}}, session=tx)
