"""Store of surveys."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from mongo_indexes.surveys import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, ListQuery, Page, chosen
from services.surveys.models import PlaceSurveysQuery, Survey, SurveySort, SurveysQuery
from services.surveys.states import TABLE, SurveyAction, SurveyState

ORDERS: Final = {
    SurveySort.NEWEST: Keyset(Key(ascending=False)),
    SurveySort.OLDEST: Keyset(Key()),
}
# So long a reader's list says that a survey was withdrawn.
WITHDRAWN_SHOWN_FOR: Final = timedelta(days=7)
# What lists need not carry: some ten kilobytes each, and the places of an audience.
IN_LISTS: Final = {"questions": 0, "text": 0, "readers": 0, "doors": 0}
LISTED: Final = (SurveyState.OPEN, SurveyState.CLOSED, SurveyState.PUBLISHED)


async def insert(db: Database, tx: Transaction, survey: Survey) -> None:
    await db[COLLECTION].insert_one(to_document(survey), session=tx)


async def find(db: Database, survey_id: str, *, tx: Transaction | None = None) -> Survey | None:
    document = await db[COLLECTION].find_one({"_id": survey_id}, session=tx)
    return msgspec.convert(document, Survey | None)


async def find_many(db: Database, survey_ids: Sequence[str]) -> list[Survey]:
    cursor = db[COLLECTION].find({"_id": {"$in": list(survey_ids)}}, {"readers": 0, "doors": 0})
    return msgspec.convert(await cursor.to_list(), list[Survey])


async def titles(db: Database, survey_ids: Sequence[str]) -> dict[str, str]:
    """Return survey → its title."""
    cursor = db[COLLECTION].find({"_id": {"$in": list(survey_ids)}}, {"title": 1})
    return {row["_id"]: row["title"] for row in await cursor.to_list()}


async def move(
    db: Database, tx: Transaction, found: Survey, action: SurveyAction, changes: Document
) -> bool:
    """Change a survey as the table says; False when somebody changed it since it was read."""
    key = {"_id": found.id, "state": found.state, "revision": found.revision}
    changes = {**changes, "revision": found.revision + 1}
    return await TABLE.move(db[COLLECTION], key, action, changes, tx=tx)


async def page(db: Database, keys: Sequence[str], query: SurveysQuery) -> Page[Survey]:
    """Surveys that somebody works on. Served by `senders` and `senders_state`."""
    filters = chosen(query, "state")
    where = {"senders": {"$in": list(keys)}, **filters}
    hint = "senders_state" if filters else "senders"
    return await ORDERS[query.sort].page(
        db[COLLECTION], Survey, where, query, hint=hint, without=IN_LISTS
    )


async def open_at(db: Database, doors: Sequence[str], query: PlaceSurveysQuery) -> Page[Survey]:
    """Open surveys that ask homes of a place, the newest first. Served by index `doors`."""
    where: Document = {
        "doors": {"$in": list(doors)},
        "state": SurveyState.OPEN,
        **chosen(query, "per"),
    }
    return await ORDERS[SurveySort.NEWEST].page(
        db[COLLECTION], Survey, where, query, hint="doors", without=IN_LISTS
    )


async def shown_page(
    db: Database, keys: Sequence[str], now: datetime, query: ListQuery
) -> Page[Survey]:
    """Surveys for somebody with these tokens, the newest first. Served by index `readers`."""
    since = {"$gt": now - WITHDRAWN_SHOWN_FOR}
    withdrawn = {"state": SurveyState.WITHDRAWN, "withdrawn_at": since}
    where = {
        "readers": {"$in": list(keys)},
        "$or": [{"state": {"$in": [*LISTED]}}, withdrawn],
    }
    return await ORDERS[SurveySort.NEWEST].page(
        db[COLLECTION], Survey, where, query, hint="readers", without=IN_LISTS
    )
