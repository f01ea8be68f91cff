"""Store of feedback. Steps are written by the engine (services/cases)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from mongo_indexes.feedback import COLLECTION
from services.cases.models import NO_DEADLINE
from services.dependencies import Database, Transaction
from services.feedback.boards.models import FeedbackQuery, FeedbackScope, FeedbackSort, Sight
from services.feedback.filings.whereabouts import shown_place
from services.feedback.models import Feedback, FeedbackKind
from services.feedback.states import IN_HAND, OPEN, UNDER_WAY, FeedbackState
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import ancestors, outermost, under
from services.kernel.permissions import HEADS
from services.kernel.today import Part
from services.kernel.work import Worked

ORDERS: Final = {
    FeedbackSort.NEWEST: Keyset(Key(ascending=False)),
    FeedbackSort.OLDEST: Keyset(Key()),
    FeedbackSort.DEADLINE: Keyset(Key("sort_due", kind=datetime), Key()),
}
ENDED: Final = (FeedbackState.CONFIRMED, FeedbackState.CLOSED, FeedbackState.SETTLED)
# Of the indexes of open ones, MongoDB looks up only what is asked for by the very states that
# they are of; by fewer, it reads all of the index.
OF_OPEN_IN_HAND: Final = {"$in": list(OPEN), "$nin": sorted({*OPEN} - {*IN_HAND})}
OF_OPEN_UNDER_WAY: Final = {"$in": list(OPEN), "$nin": sorted({*OPEN} - {*UNDER_WAY})}


async def insert(db: Database, tx: Transaction, case: Feedback) -> None:
    """Insert a case. It is found at the place that is shown of it, and at no smaller one."""
    case.under = ancestors(shown_place(case))
    case.sort_due = case.due_at or NO_DEADLINE
    await db[COLLECTION].insert_one(to_document(case), session=tx)


async def find(db: Database, case_id: str, *, tx: Transaction | None = None) -> Feedback | None:
    document = await db[COLLECTION].find_one({"_id": case_id}, session=tx)
    return msgspec.convert(document, Feedback | None)


async def find_many(db: Database, case_ids: Sequence[str]) -> list[Feedback]:
    """Feedback of these ids, in any order."""
    cursor = db[COLLECTION].find({"_id": {"$in": list(case_ids)}})
    return msgspec.convert(await cursor.to_list(), list[Feedback])


async def ended_before(
    db: Database,
    person_id: str,
    at: tuple[str, str],
    kind: FeedbackKind,
    since: datetime,
    *,
    limit: int,
) -> list[Feedback]:
    """What a person said of a place that ended since an instant. Served by index `person`.

    `at`: the place, and as what it is kept of what has no name.
    """
    place, coarse = at
    query: Document = {
        "person": person_id,
        "$or": [{"place": place}, {"place": coarse, "anonymous": True}],
        "kind": kind,
        "state": {"$in": list(ENDED)},
        "ended_at": {"$gte": since},
    }
    cursor = db[COLLECTION].find(query, hint="person").sort("_id", -1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Feedback])


async def board(db: Database, seen: Sight, query: FeedbackQuery) -> Page[Feedback]:
    """Feedback that somebody may see on a board, in one query.

    By the index of what narrows it most (`_index`), each in its order. With words: by
    `words_place` for a rare one or a small place, else by `words_due` or `words_time`; the
    database finds out by trying.
    """
    where: Document = {
        "seen_at": {"$in": list(seen.desks)},
        **({} if query.q else {"state": {"$in": list(OPEN)}}),
        **chosen(query, "state", "kind", "rung", "overdue", place="under"),
    }
    if query.scope is FeedbackScope.DESK:
        where["desks"] = {"$in": list(seen.desks)}
    if query.scope is FeedbackScope.MINE:
        where["holder"] = seen.person
    where |= _of_firms(seen)
    where["$nor"] = _kept_from(seen)
    if query.q:
        where |= {"words": {"$all": list(seen.words)}, "place": _around(seen, query)}
        where["$nor"].append(_faded(seen))
    index, order = _index(seen, query), ORDERS[query.sort]
    return await order.page(db[COLLECTION], Feedback, where, query, hint=index)


def _kept_from(seen: Sight) -> list[Document]:
    """Return the conditions for what is about somebody: rungs.is_kept_from(), as a query."""
    by_office = {"about_desks": {"$in": list(seen.desks)}, "person": {"$ne": seen.person}}
    return [{"about_people": seen.person}, by_office]


def _faded(seen: Sight) -> Document:
    """Return the condition for what somebody cannot read any more, so finds by no word."""
    return {
        "anonymous": True,
        "state": {"$nin": list(OPEN)},
        "seen_at": {"$nin": list(seen.overseen)},
    }


def _of_firms(seen: Sight) -> Document:
    """Return the condition for what lies with a firm still, of what somebody sees as one."""
    if not seen.firms:
        return {}
    offices = [each for each in seen.desks if each not in seen.firms]
    return {"$or": [{"seen_at": {"$in": offices}}, {"desks": {"$in": list(seen.firms)}}]}


def _around(seen: Sight, query: FeedbackQuery) -> Document:
    """Return the condition for the place of what somebody sees, as one range of an index."""
    if query.place is not None:
        return under(query.place)
    if not seen.places:
        return {"$in": []}
    places = outermost(seen.places)
    return {"$gte": places[0], "$lt": places[-1] + "/"}


def _index(seen: Sight, query: FeedbackQuery) -> str | None:
    """Return the name of the index of a board; None where the planner chooses."""
    by = "due" if query.sort is FeedbackSort.DEADLINE else "time"
    return None if query.q else f"{_begins(seen, query)}_{by}"


def _begins(seen: Sight, query: FeedbackQuery) -> str:
    if query.scope is FeedbackScope.MINE:
        return "held" if query.state else "holder"
    if query.place is not None and query.place not in seen.places:
        return "under"
    if query.scope is FeedbackScope.DESK and query.state in {None, *OPEN}:
        return "desk"
    if query.state is not None:
        return "state"
    if query.overdue:
        return "overdue"
    return "rung" if query.rung else "open"


# What has to be done, and who does it no more


async def waiting(db: Database, seen: Sight, part: Part) -> list[Feedback]:
    """What lies with somebody's desks and nobody else has taken, by its end and id.

    Served by index `desk_due`.
    """
    query: Document = {
        "desks": {"$in": list(seen.desks)},
        "state": OF_OPEN_IN_HAND,
        "holder": {"$in": ["", seen.person]},
        "person": {"$ne": seen.person},
        "$nor": _kept_from(seen),
        **part.where("sort_due"),
    }
    cursor = db[COLLECTION].find(query, hint="desk_due")
    found = await cursor.sort([("sort_due", 1), ("_id", 1)]).limit(part.limit).to_list()
    return msgspec.convert(found, list[Feedback])


async def count_under(db: Database, seen: Sight, place: str, *, limit: int) -> int:
    """Count what lies with a head at a place or under it, not about somebody.

    What a head handed on to the community is theirs no more. By index `under_time`.
    """
    query: Document = {
        "$or": [{"desks": {"$elemMatch": under(f"{role}:{place}")}} for role in HEADS],
        "under": place,
        "state": {"$in": list(IN_HAND)},
        "$nor": _kept_from(seen),
    }
    return await db[COLLECTION].count_documents(query, limit=limit, hint="under_time")


async def next_holder(db: Database, after: str) -> str | None:
    """Return the next person who has taken something. Served by index `holder_time`."""
    query = {"holder": {"$gt": after}, "state": OF_OPEN_UNDER_WAY}
    cursor = db[COLLECTION].find(query, {"holder": 1}, hint="holder_time")
    found = await cursor.sort("holder", 1).limit(1).to_list()
    return str(found[0]["holder"]) if found else None


async def of_holder(db: Database, holder: str, after: str, *, limit: int) -> list[Feedback]:
    """What somebody has taken, by id. Served by index `holder_time`."""
    query = {"holder": holder, "state": OF_OPEN_UNDER_WAY, "_id": {"$gt": after}}
    cursor = db[COLLECTION].find(query, hint="holder_time").sort("_id", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Feedback])


# What heads did


async def count_among(db: Database, case_ids: Sequence[str], worked: Worked) -> int:
    """Count those of some cases that lie at the places of an office. By their ids."""
    query: Document = {"_id": {"$in": list(case_ids)}, **worked.at("place")}
    return await db[COLLECTION].count_documents(query) if case_ids else 0


async def count_solved(db: Database, worked: Worked) -> int:
    """Count what a head solved and was confirmed in some days. Served by index `solved_by`."""
    query: Document = {
        "solved_by": worked.person,
        "ended_at": worked.span,
        "state": FeedbackState.CONFIRMED,
        **worked.at("place"),
    }
    return await db[COLLECTION].count_documents(query, hint="solved_by")


# Erasure


async def open_of(db: Database, tx: Transaction, person_id: str) -> list[Feedback]:
    """What a person said and is open; few. Served by index `person`."""
    query = {"person": person_id, "state": {"$in": list(OPEN)}}
    cursor = db[COLLECTION].find(query, hint="person", session=tx)
    return msgspec.convert(await cursor.to_list(), list[Feedback])


async def of_person(
    db: Database, tx: Transaction, person_id: str, *, limit: int
) -> list[Feedback]:
    """What a person said that has its words still. Served by index `person`."""
    cursor = db[COLLECTION].find({"person": person_id}, hint="person", session=tx).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Feedback])


async def blank(db: Database, tx: Transaction, case_ids: Sequence[str]) -> None:
    """Remove who said some feedback, and all that they typed."""
    empty: Document = {
        "person": None,
        "filed_by": "",
        "text_sealed": "",
        "name_sealed": "",
        "home_sealed": "",
        "photo_ids": [],
        "words": [],
        "erased": True,
    }
    if case_ids:
        query = {"_id": {"$in": list(case_ids)}}
        await db[COLLECTION].update_many(query, {"$set": empty}, session=tx)
