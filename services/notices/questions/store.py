"""Store of questions below notices, and of the groups that are answered together."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from mongo_indexes.notice_question_groups import COLLECTION as GROUPS
from mongo_indexes.notice_questions import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel import steps
from services.kernel.documents import Document, to_document
from services.kernel.pages import Count, Key, Keyset, ListQuery, Page, chosen
from services.notices.questions.models import (
    NoticeQuestion,
    QuestionGroup,
    QuestionSort,
    QuestionsQuery,
)
from services.notices.questions.states import TABLE, QuestionAction, QuestionState

NEWEST: Final = Keyset(Key(ascending=False))
OLDEST: Final = Keyset(Key())
ORDERS: Final = {
    QuestionSort.MOST_ASKED: Keyset(
        Key("asked", ascending=False, kind=Count), Key(ascending=False)
    ),
    QuestionSort.NEWEST: NEWEST,
    QuestionSort.OLDEST: OLDEST,
}
PUBLISHED_ORDER: Final = Keyset(
    Key("answered_at", ascending=False, kind=datetime), Key(ascending=False)
)


async def insert(db: Database, tx: Transaction, question: NoticeQuestion) -> None:
    """Of several by one person at once all but one start again: unique index `author`."""
    await db[COLLECTION].insert_one(to_document(question), session=tx)


async def find(
    db: Database, question_id: str, *, tx: Transaction | None = None
) -> NoticeQuestion | None:
    document = await db[COLLECTION].find_one({"_id": question_id}, session=tx)
    return msgspec.convert(document, NoticeQuestion | None)


async def find_many(db: Database, question_ids: Sequence[str]) -> dict[str, NoticeQuestion]:
    """Return id → question of those that are there."""
    rows = await db[COLLECTION].find({"_id": {"$in": list(question_ids)}}).to_list()
    return {each.id: each for each in msgspec.convert(rows, list[NoticeQuestion])}


async def of_author(
    db: Database, author: str, notice: str, *, tx: Transaction | None = None
) -> list[NoticeQuestion]:
    """Return what a person asked below a notice, the oldest first. Served by index `author`."""
    cursor = db[COLLECTION].find({"author": author, "notice": notice}, session=tx)
    return msgspec.convert(await cursor.sort("number", 1).to_list(), list[NoticeQuestion])


async def move(
    db: Database, tx: Transaction, question_id: str, action: QuestionAction, **changes: Any
) -> bool:
    """Move a question along the table; False when somebody was first."""
    return await TABLE.move(db[COLLECTION], {"_id": question_id}, action, changes, tx=tx)


async def firsts(
    db: Database, groups: Sequence[str], *, tx: Transaction | None = None
) -> dict[str, NoticeQuestion]:
    """Return group → its first question, of those that have one. Served by index `group`."""
    pipeline: list[Document] = [
        {"$match": {"group": {"$in": list(groups)}}},
        {"$sort": {"group": 1, "_id": 1}},
        {"$group": {"_id": "$group", "first": {"$first": "$$ROOT"}}},
    ]
    cursor = await db[COLLECTION].aggregate(pipeline, hint="group", session=tx)
    found = msgspec.convert([row["first"] async for row in cursor], list[NoticeQuestion])
    return {each.group: each for each in found}


async def members(db: Database, group: str, *, after: str, limit: int) -> list[NoticeQuestion]:
    """Return the next questions of a group, the oldest first. Served by index `group`."""
    cursor = db[COLLECTION].find({"group": group, "_id": {"$gt": after}}, hint="group")
    rows = await cursor.sort("_id", 1).limit(limit).to_list()
    return msgspec.convert(rows, list[NoticeQuestion])


async def member_page(
    db: Database, notice: str, group: str, query: QuestionsQuery
) -> Page[NoticeQuestion]:
    """Questions of one group, one by one. Served by index `group`."""
    order = OLDEST if query.sort is QuestionSort.OLDEST else NEWEST
    where: Document = {"group": group, "notice": notice}
    return await order.page(db[COLLECTION], NoticeQuestion, where, query, hint="group")


async def regroup(db: Database, tx: Transaction, query: Document, group: str) -> int:
    """Put questions into another group; return how many. `query`: served by `_id`, `group`."""
    done = await db[COLLECTION].update_many(query, {"$set": {"group": group}}, session=tx)
    return done.modified_count


# Groups


async def insert_group(db: Database, tx: Transaction, group: QuestionGroup) -> None:
    await db[GROUPS].insert_one(to_document(group), session=tx)


async def find_group(
    db: Database, group_id: str, *, tx: Transaction | None = None
) -> QuestionGroup | None:
    document = await db[GROUPS].find_one({"_id": group_id}, session=tx)
    return msgspec.convert(document, QuestionGroup | None)


async def find_groups(db: Database, group_ids: Sequence[str]) -> dict[str, QuestionGroup]:
    """Return id → group of those that are there."""
    rows = await db[GROUPS].find({"_id": {"$in": list(group_ids)}}).to_list()
    return {each.id: each for each in msgspec.convert(rows, list[QuestionGroup])}


async def open_groups(db: Database, tx: Transaction, notice: str, limit: int) -> list[str]:
    """Return the groups that wait, the most asked first. Served by index `state_asked`."""
    query = {"notice": notice, "state": QuestionState.PASSED}
    cursor = db[GROUPS].find(query, {"_id": 1}, session=tx, hint="state_asked")
    order = ORDERS[QuestionSort.MOST_ASKED].order
    return [row["_id"] for row in await cursor.sort(order).limit(limit).to_list()]


async def count_in(db: Database, tx: Transaction, group: str, asked: int) -> bool:
    """Count questions into a group that waits, or out of it; False when it was answered."""
    query: Document = {"_id": group, "state": QuestionState.PASSED}
    done = await db[GROUPS].update_one(query, {"$inc": {"asked": asked}}, session=tx)
    return done.matched_count == 1


async def remove_group(db: Database, tx: Transaction, group: str, asked: int) -> bool:
    """Remove a group that waits, whose questions have all left it; False when it changed."""
    query: Document = {"_id": group, "state": QuestionState.PASSED, "asked": asked}
    return (await db[GROUPS].delete_one(query, session=tx)).deleted_count == 1


async def answer(
    db: Database, tx: Transaction, group: str, action: QuestionAction, changes: Document
) -> bool:
    """Move a group along the table; False when somebody was first."""
    return await TABLE.move(db[GROUPS], {"_id": group}, action, changes, tx=tx)


async def page(db: Database, notice: str, query: QuestionsQuery) -> Page[QuestionGroup]:
    """Groups below a notice. Served by the indexes `notice`, `state` and those with `asked`."""
    where: Document = {"notice": notice, **chosen(query, "state")}
    name = "notice" if query.state is None else "state"
    if query.sort is QuestionSort.MOST_ASKED:
        name += "_asked"
    return await ORDERS[query.sort].page(db[GROUPS], QuestionGroup, where, query, hint=name)


async def published(db: Database, notice: str, query: ListQuery) -> Page[QuestionGroup]:
    """Groups that all readers see, the latest answer first. Served by index `published`."""
    where: Document = {"notice": notice, "state": QuestionState.PUBLISHED}
    return await PUBLISHED_ORDER.page(db[GROUPS], QuestionGroup, where, query, hint="published")


# Erasure


async def forget(db: Database, tx: Transaction, author: str) -> bool:
    """Remove some of what a person asked; and groups that nobody asked, unless published.

    Served by index `author`.
    """
    cursor = db[COLLECTION].find({"author": author}, {"group": 1}, session=tx)
    rows = await cursor.limit(steps.AT_ONCE).to_list()
    if not rows:
        return False
    ids = [row["_id"] for row in rows]
    await db[COLLECTION].delete_many({"author": author, "_id": {"$in": ids}}, session=tx)
    left = Counter(row["group"] for row in rows if row["group"])
    for group, count in sorted(left.items()):
        await db[GROUPS].update_one({"_id": group}, {"$inc": {"asked": -count}}, session=tx)
    unpublished: Document = {"$ne": QuestionState.PUBLISHED}
    empty = {"_id": {"$in": list(left)}, "asked": 0, "state": unpublished}
    await db[GROUPS].delete_many(empty, session=tx)
    return len(rows) == steps.AT_ONCE
