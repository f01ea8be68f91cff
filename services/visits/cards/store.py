"""Store of the entries of household cards."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

import msgspec
from pymongo import UpdateOne

from mongo_indexes.household_cards import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under_each
from services.kernel.today import MOST_COUNTED, Part
from services.visits.cards.models import CardEntry, CardsQuery, ConsentWay
from services.visits.cards.states import TABLE, CardAction, CardState
from services.visits.offices import due

BY_HOME: Final = Keyset(Key("home"), Key())
ACTIVE: Final[Document] = {"state": CardState.ACTIVE}


async def insert(db: Database, tx: Transaction, entry: CardEntry) -> None:
    """DuplicateKeyError when there is one of this kind of the same. By index `once`."""
    await db[COLLECTION].insert_one(to_document(entry), session=tx)


async def find(db: Database, entry_id: str) -> CardEntry | None:
    """Return an entry that is not over."""
    document = await db[COLLECTION].find_one({"_id": entry_id, **ACTIVE})
    return msgspec.convert(document, CardEntry | None)


async def move(
    db: Database, tx: Transaction, seen: CardEntry, action: CardAction, changes: Document
) -> bool:
    """Compare and set an entry as somebody saw it; False when somebody was first.

    Not by its state alone: one that was renewed meanwhile is active still, with another end and
    other photos.
    """
    return await TABLE.move(db[COLLECTION], _as_seen(seen), action, changes, tx=tx)


def _as_seen(seen: CardEntry) -> Document:
    """Return the condition for an entry to which nobody has agreed anew meanwhile."""
    kept: Document = {"due_at": seen.due_at, "consent_at": seen.consent_at}
    return {"_id": seen.id, **kept, "photos": seen.photos}


async def of_homes(
    db: Database, homes: Sequence[str], *, tx: Transaction | None = None
) -> list[CardEntry]:
    """Entries of some homes, also those that are over; the oldest first. By index `home`."""
    if not homes:
        return []
    cursor = db[COLLECTION].find({"home": {"$in": list(homes)}}, session=tx)
    return msgspec.convert(await cursor.sort("_id", 1).to_list(), list[CardEntry])


async def page(
    db: Database,
    scopes: Sequence[tuple[bool, Sequence[str]]],
    query: CardsQuery,
    *,
    apart: Collection[str],
) -> Page[CardEntry]:
    """Entries under places, by home; `scopes`: sensitive or not, and where those are seen.

    `apart`: homes that are left out: the actor's own. Served by `classes`, and by `kinds` for
    one kind.
    """
    asked = chosen(query, "kind")
    others: Document = {**ACTIVE, **asked, "$nor": [{"home": {"$in": sorted(apart)}}]}
    name = "kinds" if asked else "classes"
    parts = [
        (name, {**others, "sensitive": sensitive, **each})
        for sensitive, places in scopes
        for each in under_each("home", places)
    ]
    return await BY_HOME.page_of_any(db[COLLECTION], CardEntry, parts, query)


async def agreed_in_app(db: Database, tx: Transaction, person: str) -> list[CardEntry]:
    """Sensitive entries to which somebody agreed in the app. Served by index `people`."""
    query = {"people": person, **ACTIVE, "sensitive": True, "consent": ConsentWay.IN_APP}
    found = await db[COLLECTION].find(query, session=tx).to_list()
    return msgspec.convert(found, list[CardEntry])


# The list of the day


async def read_due(
    db: Database,
    mine: Sequence[str],
    revealing: Sequence[str],
    part: Part,
    *,
    until: datetime,
    apart: Collection[str],
) -> list[CardEntry]:
    """Return a part of what is to be asked again until an instant, by its end. By index `due`.

    `mine`: tokens of the actor's keepers; `revealing`: those that know of what is sensitive.
    """
    known = [{"sensitive": False}, {"keeper": {"$in": list(revealing)}}]
    where: Document = {**ACTIVE, "$or": known}
    where |= due.within(mine, part, until=until, apart=apart)
    cursor = db[COLLECTION].find(where, hint="due").sort(due.BY_DUE.order).limit(part.limit)
    return msgspec.convert(await cursor.to_list(), list[CardEntry])


async def count_due(db: Database, until: datetime, place: str) -> int:
    """Count what is to be asked again at a place, up to a thousand. By index `due_under`."""
    where = {**ACTIVE, **due.at(place, until=until)}
    return await db[COLLECTION].count_documents(where, limit=MOST_COUNTED, hint="due_under")


# What the worker looks after


async def next_active(db: Database, after: str, *, limit: int) -> list[CardEntry]:
    """Return the next entries that are not over, by id. Served by index `active`."""
    query = {**ACTIVE, "_id": {"$gt": after}}
    cursor = db[COLLECTION].find(query).sort("_id", 1).limit(limit).hint("active")
    return msgspec.convert(await cursor.to_list(), list[CardEntry])


async def note(
    db: Database,
    tx: Transaction,
    seen: CardEntry,
    people: list[str],
    asked_at: datetime | None,
) -> bool:
    """Write who is bound of whom an entry is about, and when they were asked.

    False when somebody changed it since it was seen.
    """
    key = {**_as_seen(seen), **ACTIVE, "asked_at": seen.asked_at}
    change = {"$set": {"people": people, "asked_at": asked_at}}
    return (await db[COLLECTION].update_one(key, change, session=tx)).matched_count == 1


# Erasure


async def of_person(
    db: Database, tx: Transaction, person: str, residencies: Sequence[str]
) -> list[CardEntry]:
    """Entries that somebody sees, and those of their relations. By `people`, `residency`."""
    either = [{"people": person}, {"residency": {"$in": list(residencies)}}]
    found = await db[COLLECTION].find({"$or": either}, session=tx).to_list()
    return msgspec.convert(found, list[CardEntry])


async def remove(
    db: Database, tx: Transaction, entries: Sequence[str], left: Sequence[str], person: str
) -> None:
    """Remove entries, and somebody from those that others of the home see as well."""
    if entries:
        await db[COLLECTION].delete_many({"_id": {"$in": list(entries)}}, session=tx)
    if left:
        pull = {"$pull": {"people": person}}
        writes = [UpdateOne({"_id": each}, pull) for each in left]
        await db[COLLECTION].bulk_write(writes, ordered=False, session=tx)
