"""Store of notices."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from mongo_indexes.notices import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, ListQuery, Page, chosen
from services.kernel.today import NO_END
from services.notices.models import Notice, NoticeKind, NoticeSort, NoticesQuery
from services.notices.states import TABLE, NoticeAction, NoticeState, edition

ORDERS: Final = {
    NoticeSort.NEWEST: Keyset(Key(ascending=False)),
    NoticeSort.OLDEST: Keyset(Key()),
}
READ_ORDER: Final = Keyset(Key("position", ascending=False))
# So long a reader's list says that a notice was withdrawn: they may act by what they read.
WITHDRAWN_SHOWN_FOR: Final = timedelta(days=7)
# What lists need not carry; kept documents are up to some hundred kilobytes.
LONG: Final = {"text": 0, "history": 0, "proposal": 0}
# Some hundred kilobytes, too, where the audience is hundreds of places.
IN_LISTS: Final = {**LONG, "readers": 0, "doors": 0}


async def insert(db: Database, tx: Transaction, notice: Notice) -> None:
    await db[COLLECTION].insert_one(to_document(notice), session=tx)


async def find(db: Database, notice_id: str) -> Notice | None:
    document = await db[COLLECTION].find_one({"_id": notice_id})
    return msgspec.convert(document, Notice | None)


async def find_short(
    db: Database, notice_ids: Sequence[str], *, tx: Transaction | None = None
) -> list[Notice]:
    """Return notices without their texts, in any order."""
    cursor = db[COLLECTION].find({"_id": {"$in": list(notice_ids)}}, LONG, session=tx)
    return msgspec.convert(await cursor.to_list(), list[Notice])


async def titles(db: Database, notice_ids: Sequence[str]) -> dict[str, str]:
    """Return notice → its title."""
    cursor = db[COLLECTION].find({"_id": {"$in": list(notice_ids)}}, {"title": 1})
    return {row["_id"]: row["title"] for row in await cursor.to_list()}


async def text_of(db: Database, notice_id: str, version: int) -> str | None:
    """Return the text of the present version; None when it is another by now."""
    query = {"_id": notice_id, "version": version}
    found = await db[COLLECTION].find_one(query, {"text": 1})
    return found["text"] if found else None


async def move(
    db: Database, tx: Transaction, found: Notice, action: NoticeAction, changes: Document
) -> bool:
    """Change a notice as the table says; False when somebody changed it since it was read."""
    key = {"_id": found.id, "state": found.state, "revision": found.revision}
    changes = {**changes, "revision": found.revision + 1}
    target = TABLE.find(found.state, action)
    if target is None:
        return False
    return await TABLE.move(db[COLLECTION], key, action, changes, tx=tx)


async def page(db: Database, keys: Sequence[str], query: NoticesQuery) -> Page[Notice]:
    """Notices that somebody works on. Served by `senders`, `senders_state`, `senders_kind`."""
    filters = chosen(query, "kind", "state")
    name = next((f"senders_{each}" for each in ("state", "kind") if each in filters), "senders")
    where = {"senders": {"$in": list(keys)}, **filters}
    return await ORDERS[query.sort].page(
        db[COLLECTION], Notice, where, query, hint=name, without=IN_LISTS
    )


def shown(keys: Sequence[str], now: datetime) -> Document:
    """Return the condition for what somebody with these tokens is shown now.

    Also what was withdrawn lately.
    """
    there = {
        "state": NoticeState.PUBLISHED,
        "shown_until": {"$not": {"$lte": now}},  # also without an end
    }
    since = {"$gt": now - WITHDRAWN_SHOWN_FOR}
    withdrawn = {"state": NoticeState.WITHDRAWN, "withdrawn_at": since}
    return {"readers": {"$in": list(keys)}, "$or": [there, withdrawn]}


async def shown_page(
    db: Database, keys: Sequence[str], now: datetime, query: ListQuery, **filters: str
) -> Page[Notice]:
    """Notices for a reader, pinned ones first, the newest next. Served by index `shown`."""
    where = {**shown(keys, now), **filters}
    return await READ_ORDER.page(
        db[COLLECTION], Notice, where, query, hint="shown", without=IN_LISTS
    )


async def current_at(
    db: Database, doors: Sequence[str], now: datetime, *, limit: int, by_debts: bool
) -> list[Notice]:
    """Return what is shown now to homes of a place, pinned ones first, the newest next.

    `by_debts`: also what means only homes that owe, for who may see which do.

    Of laws and rules only what is pinned: they can be read any day, and nobody is visited for
    them. Served by index `doors`.
    """
    where = _current(doors, now, by_debts=by_debts)
    cursor = db[COLLECTION].find(where, LONG, hint="doors").sort(READ_ORDER.order)
    return msgspec.convert(await cursor.limit(limit).to_list(), list[Notice])


def _current(doors: Sequence[str], now: datetime, *, by_debts: bool) -> Document:
    return {
        **({} if by_debts else {"audience.owing_since": None}),
        "doors": {"$in": list(doors)},
        "state": NoticeState.PUBLISHED,
        "shown_until": {"$not": {"$lte": now}},  # also without an end
        "$or": [{"kind": {"$ne": NoticeKind.POLICY}}, {"pinned": True}],
    }


async def current_through(
    db: Database,
    doors: Sequence[str],
    now: datetime,
    *,
    limit: int,
    by_debts: bool,
    stages: Sequence[Document],
) -> list[Document]:
    """Return what stages of a pipeline make of the notices that current_at() returns.

    In one round trip with what they look up. Each row has its id and `title`, `due`: until when
    it is answered or shown, NO_END for no end; `by_debts`: whether it means homes that owe.
    Served by index `doors`.
    """
    ends = {"$min": ["$question.until", "$shown_until"]}
    pipeline: list[Document] = [
        {"$match": _current(doors, now, by_debts=by_debts)},
        {"$sort": dict(READ_ORDER.order)},
        {"$limit": limit},
        {
            "$project": {
                "title": 1,
                "due": {"$ifNull": [ends, NO_END]},
                "by_debts": {"$ne": [{"$ifNull": ["$audience.owing_since", None]}, None]},
            }
        },
        *stages,
    ]
    return await (await db[COLLECTION].aggregate(pipeline, hint="doors")).to_list()


async def shown_editions(
    db: Database, keys: Sequence[str], now: datetime, *, limit: int
) -> dict[str, int]:
    """Return notice → edition of what a reader is shown, from the top. Served by `shown`."""
    fields = {"version": 1, "state": 1}
    cursor = db[COLLECTION].find(shown(keys, now), fields, hint="shown")
    rows = await cursor.sort(READ_ORDER.order).limit(limit).to_list()
    return {row["_id"]: edition(row["version"], NoticeState(row["state"])) for row in rows}
