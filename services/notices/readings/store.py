"""Store of readings and answers: one row for each person, or home, and notice."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
from pymongo import UpdateOne

from mongo_indexes.notice_readings import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel import steps
from services.kernel.documents import Document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.notices.readings.models import (
    AnswerSort,
    AnswersQuery,
    Reading,
    reading_id,
)

ORDERS: Final = {
    AnswerSort.NEWEST: Keyset(
        Key("answered_at", ascending=False, kind=datetime), Key(ascending=False)
    ),
    AnswerSort.HOME: Keyset(Key("home"), Key()),
}


async def find(db: Database, tx: Transaction, notice_id: str, whose: str) -> Reading | None:
    query = {"_id": reading_id(notice_id, whose)}
    return msgspec.convert(await db[COLLECTION].find_one(query, session=tx), Reading | None)


async def of_person(db: Database, person: str, notices: Sequence[str]) -> dict[str, Reading]:
    """Return notice → what a person read of it; one query."""
    return {row.notice: row for row in await of(db, notices, [person])}


async def of(db: Database, notices: Sequence[str], whose: Sequence[str]) -> list[Reading]:
    """Return the rows of some people and homes about some notices."""
    ids = [reading_id(notice, who) for notice in notices for who in whose]
    found = await db[COLLECTION].find({"_id": {"$in": ids}}).to_list()
    return msgspec.convert(found, list[Reading])


async def mark_read(
    db: Database, tx: Transaction, person: str, versions: Mapping[str, int], at: datetime
) -> None:
    """Note that a person read these versions; a later one that was read stays."""
    writes = [
        UpdateOne(
            {"_id": reading_id(notice, person)},
            {
                "$max": {"version": version},
                "$set": {"read_at": at},
                "$setOnInsert": {
                    "notice": notice,
                    "person": person,
                    "home": "",
                    "first_at": at,
                },
            },
            upsert=True,
        )
        for notice, version in versions.items()
    ]
    if writes:
        await db[COLLECTION].bulk_write(writes, ordered=False, session=tx)


async def answer(db: Database, tx: Transaction, whose: str, row: Reading) -> None:
    """Write an answer over the one before; what was read stays."""
    said = {
        "answered": True,
        "answered_at": row.answered_at,
        "choice": row.choice,
        "answer_sealed": row.answer_sealed,
        "entered_by": row.entered_by,
        "person": row.person,
    }
    first: Document = {"notice": row.notice, "home": row.home}
    await db[COLLECTION].update_one(
        {"_id": reading_id(row.notice, whose)},
        {"$set": said, "$setOnInsert": first},
        upsert=True,
        session=tx,
    )


async def answers(db: Database, notice_id: str, query: AnswersQuery) -> Page[Reading]:
    """Answers to a notice. Served by the indexes `answers`, `homes` and those with `choice`."""
    where: Document = {"notice": notice_id, "answered": True, **chosen(query, "choice")}
    if query.entered is not None:
        where["entered_by"] = {"$gt": ""} if query.entered else ""
    name = "answers" if query.sort is AnswerSort.NEWEST else "homes"
    hint = name if query.choice is None else f"{name}_choice"
    return await ORDERS[query.sort].page(db[COLLECTION], Reading, where, query, hint=hint)


# Erasure


async def forget(db: Database, tx: Transaction, person: str) -> bool:
    """Remove some of what a person read and answered; of a home's answer, only who gave it.

    Served by index `person`.
    """
    blank = {"$set": {"person": "", "answer_sealed": ""}}
    homes = {"person": person, "home": {"$gt": ""}}
    more = await steps.change(tx, db[COLLECTION], homes, blank)
    return await steps.remove(tx, db[COLLECTION], {"person": person, "home": ""}) or more
