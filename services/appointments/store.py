"""Store of appointments."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
from pymongo import UpdateOne

from mongo_indexes.appointments import COLLECTION
from services.appointments.models import (
    Appointment,
    AppointmentSort,
    AppointmentsQuery,
    Visibility,
)
from services.dependencies import Database, Transaction
from services.kernel import steps, unions
from services.kernel.days import active_on, not_over_on
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, ListQuery, Page, between, chosen
from services.kernel.paths import under, under_any
from services.kernel.permissions import HEADS, Role
from services.kernel.personal_data import ERASED
from services.kernel.unions import Part

BY_PLACE: Final = Keyset(Key("place"), Key())
ORDERS: Final = {
    AppointmentSort.OLDEST: Keyset(Key()),
    AppointmentSort.NEWEST: Keyset(Key(ascending=False)),
    AppointmentSort.PLACE: BY_PLACE,
}


def part_of_person(person_id: str, day: str) -> Part[Appointment]:
    """Roles a person holds on a day. Served by index `person_place`."""
    query = {"person": person_id, **active_on(day)}
    return Part(COLLECTION, Appointment, query, [{"$sort": {"place": 1}}])


async def of_person(db: Database, person_id: str, day: str) -> list[Appointment]:
    """Return what `part_of_person` asks for."""
    part = part_of_person(person_id, day)
    return (await unions.read(db, [part])).of(part)


async def of_person_since(
    db: Database, person_id: str, day: str, query: ListQuery
) -> Page[Appointment]:
    """Roles a person holds, will hold or held since a day. Served by index `person_place`."""
    where = {"person": person_id, **not_over_on(day)}
    return await BY_PLACE.page(db[COLLECTION], Appointment, where, query)


async def insert(db: Database, tx: Transaction, appointment: Appointment) -> None:
    await db[COLLECTION].insert_one(to_document(appointment), session=tx)


async def find(
    db: Database, appointment_id: str, *, tx: Transaction | None = None
) -> Appointment | None:
    document = await db[COLLECTION].find_one({"_id": appointment_id}, session=tx)
    return msgspec.convert(document, Appointment | None)


async def rivals(db: Database, tx: Transaction, wanted: Appointment) -> list[Appointment]:
    """List the same role at the same place on some of the same days. Served by index `place`.

    A term ended before its first day held on no day at all.
    """
    until = {"from_day": {"$lte": wanted.to_day}} if wanted.to_day else {}
    query = {
        "place": wanted.place,
        "role": wanted.role,
        **until,
        **not_over_on(wanted.from_day),
    }
    cursor = db[COLLECTION].find(query, session=tx).hint("place")
    rows = msgspec.convert(await cursor.to_list(), list[Appointment])
    return [rival for rival in rows if rival.to_day is None or rival.from_day <= rival.to_day]


async def places_of(
    db: Database, tx: Transaction, phone_index: str, roles: Iterable[Role], day: str
) -> list[str]:
    """List where a phone has such a role, or will. Served by `phone_index`."""
    query = {"phone_index": phone_index, "role": {"$in": sorted(roles)}, **not_over_on(day)}
    cursor = db[COLLECTION].find(query, {"place": 1}, session=tx)
    return [document["place"] for document in await cursor.to_list()]


async def substitutes_of(
    db: Database, appointment_id: str, day: str, *, tx: Transaction | None = None
) -> list[Appointment]:
    """List who stands in for a head on a day or later. Served by index `substitute_for`."""
    query = {"substitute_for": appointment_id, **not_over_on(day)}
    cursor = db[COLLECTION].find(query, session=tx).sort("from_day", 1)
    return msgspec.convert(await cursor.to_list(), list[Appointment])


async def end(db: Database, tx: Transaction, appointment_id: str, change: Document) -> bool:
    """Write the last day and who ended it, once; False when it was ended before."""
    key = {"_id": appointment_id, "ended_at": None}
    done = await db[COLLECTION].update_one(key, {"$set": change}, session=tx)
    return done.matched_count == 1


async def end_substitutes(
    db: Database, tx: Transaction, appointment_id: str, change: Document
) -> None:
    """Give substitutes no later last day than `change` has. Served by `substitute_for`."""
    later = {"substitute_for": appointment_id, "to_day": {"$gt": change["to_day"]}}
    await db[COLLECTION].update_many(later, {"$set": change}, session=tx)


async def resign(
    db: Database,
    tx: Transaction,
    seen: Appointment,
    *,
    last_day: str,
    because: str,
    at: datetime,
) -> bool:
    """Write that the holder leaves, once; False when something changed meanwhile."""
    key = {"_id": seen.id, "person": seen.person, "ended_at": None, "resigned_at": None}
    change = {"to_day": last_day, "resigned_at": at, "ended_because": because}
    done = await db[COLLECTION].update_one(key, {"$set": change}, session=tx)
    return done.matched_count == 1


async def choose_contact(
    db: Database, tx: Transaction, appointment_id: str, visible_to: Visibility
) -> None:
    change = {"$set": {"phone_visible_to": visible_to}}
    await db[COLLECTION].update_one({"_id": appointment_id}, change, session=tx)


async def page(
    db: Database, places: Sequence[str], day: str, query: AppointmentsQuery
) -> Page[Appointment]:
    """Roles held on a day or later under these places. Served by `under`, `role`, `place`."""
    by_place = query.sort is AppointmentSort.PLACE
    scope = under_any("place", places) if by_place else {"under": {"$in": list(places)}}
    asked = {
        **chosen(query, "role", firm_id="firm"),
        **between("to_day", query.ends_from, query.ends_to),
    }
    where = {"$and": [scope, not_over_on(day), asked]}
    return await ORDERS[query.sort].page(db[COLLECTION], Appointment, where, query)


async def holders_at(
    db: Database, places: Sequence[str], roles: Sequence[Role], day: str
) -> list[Appointment]:
    """List who holds such a role at one of these places on a day. Served by index `place`."""
    query = {"place": {"$in": list(places)}, "role": {"$in": list(roles)}, **active_on(day)}
    cursor = db[COLLECTION].find(query).sort("place", -1)
    return msgspec.convert(await cursor.to_list(), list[Appointment])


async def of_people(db: Database, people: Iterable[str], day: str) -> list[Appointment]:
    """List the roles that some people hold on a day. Served by index `person_place`."""
    query = {"person": {"$in": sorted(people)}, **active_on(day)}
    return msgspec.convert(await db[COLLECTION].find(query).to_list(), list[Appointment])


async def holders_around(
    db: Database,
    places: Sequence[str],
    roles: Sequence[Role],
    day: str,
    *,
    also: Sequence[str],
    after: tuple[str, str],
    limit: int,
) -> list[Appointment]:
    """List who holds such a role under some places or at one of `also`, by place and id.

    `after`: place and id of the last one before. Served by index `place`, a range for each.
    """
    ranges = [{"place": under(place)} for place in places if after[0] < place + "/"]
    points = {"place": {"$in": [place for place in also if place >= after[0]]}}
    query = {
        "$or": [*ranges, points],
        "role": {"$in": list(roles)},
        "person": {"$type": "string"},
        "$and": [active_on(day), {"place": {"$gte": after[0]}}],
        "$nor": [{"place": after[0], "_id": {"$lte": after[1]}}],
    }
    cursor = db[COLLECTION].find(query).sort([("place", 1), ("_id", 1)]).limit(limit)
    return msgspec.convert(await cursor.hint("place").to_list(), list[Appointment])


async def held_through(
    db: Database, person_id: str, day: str, stages: Sequence[Document]
) -> list[Document]:
    """Return what stages of a pipeline make of the offices of a head on a day.

    In one round trip with what they look up; not of those in which the person stands in for
    another. Served by index `person_place`.
    """
    own = {"role": {"$in": list(HEADS)}, "substitute_for": {"$in": ["", None]}}
    held = {"person": person_id, **own, **active_on(day)}
    pipeline: list[Document] = [{"$match": held}, *stages]
    cursor = await db[COLLECTION].aggregate(pipeline, hint="person_place")
    return await cursor.to_list()


def _ending(first: str, last: str) -> Document:
    """Return the condition for heads' own terms that end on one of some days."""
    return {
        "role": {"$in": list(HEADS)},
        "substitute_for": {"$in": ["", None]},
        "from_day": {"$lte": first},
        "to_day": {"$gte": first, "$lte": last},
        "$expr": {"$ne": ["$end_noted", "$to_day"]},  # or the holder said that they know it
    }


async def ending_of(db: Database, person_id: str, first: str, last: str) -> list[Appointment]:
    """List a head's terms that end on one of these days. Served by index `person_place`."""
    query = {"person": person_id, **_ending(first, last)}
    cursor = db[COLLECTION].find(query, hint="person_place")
    return msgspec.convert(await cursor.to_list(), list[Appointment])


async def count_ending(db: Database, place: str, first: str, last: str, *, limit: int) -> int:
    """Count the heads' terms under a place that end on one of these days. By `under_ends`."""
    query = {"under": place, **_ending(first, last)}
    return await db[COLLECTION].count_documents(query, hint="under_ends", limit=limit)


async def note_end(db: Database, tx: Transaction, seen: Appointment) -> None:
    """Write that the holder knows the last day of their term."""
    key = {"_id": seen.id, "person": seen.person}
    change = {"$set": {"end_noted": seen.to_day}}
    await db[COLLECTION].update_one(key, change, session=tx)


async def bind_phone(
    db: Database, tx: Transaction, person_id: str, phone_index: str, day: str
) -> None:
    """Give a person what was appointed under a phone. Served by index `phone_index`.

    The holder chooses who may see their number: the last holder's choice is not the next one's.
    """
    query = {"phone_index": phone_index, "person": {"$ne": person_id}, **not_over_on(day)}
    change = {"person": person_id, "phone_visible_to": Visibility.NOBODY}
    await db[COLLECTION].update_many(query, {"$set": change}, session=tx)


async def free_other_phones(
    db: Database, tx: Transaction, person_id: str, phone_index: str, day: str
) -> None:
    """Free appointments of a person by a phone they no longer have. Index `person_place`."""
    query = {"person": person_id, "phone_index": {"$ne": phone_index}, **not_over_on(day)}
    change = {"person": None, "phone_visible_to": Visibility.NOBODY}
    await db[COLLECTION].update_many(query, {"$set": change}, session=tx)


async def heads_during(
    db: Database, role: Role, first: str, last: str, after: str, *, limit: int
) -> list[Appointment]:
    """List heads who held an office on one of some days, by id. Served by index `heads`."""
    query = {"role": role, "_id": {"$gt": after}, **_during(first, last)}
    cursor = db[COLLECTION].find(query, hint="heads").sort("_id", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[Appointment])


async def offices_during(
    db: Database, person_id: str, first: str, last: str
) -> list[Appointment]:
    """List a head's offices on one of some days. Served by index `person_place`."""
    query = {**_during(first, last), "person": person_id, "role": {"$in": list(HEADS)}}
    cursor = db[COLLECTION].find(query, hint="person_place").sort([("place", 1), ("_id", 1)])
    return msgspec.convert(await cursor.to_list(), list[Appointment])


def _during(first: str, last: str) -> Document:
    """Return the condition for terms of people who signed in that have one of some days."""
    return {
        "person": {"$gt": ""},
        "from_day": {"$lte": last},
        **not_over_on(first),
        # ended before its first day, it held on no day
        "$expr": {"$lte": ["$from_day", {"$ifNull": ["$to_day", last]}]},
    }


async def find_many(db: Database, ids: Sequence[str]) -> list[Appointment]:
    """Return appointments of these ids, in any order."""
    cursor = db[COLLECTION].find({"_id": {"$in": list(ids)}})
    return msgspec.convert(await cursor.to_list(), list[Appointment])


# Erasure


async def ids_since(db: Database, tx: Transaction, person_id: str, day: str) -> list[str]:
    """List ids of a person's appointments that are not over on a day. By `person`."""
    query: Document = {"person": person_id, **not_over_on(day)}
    rows = await db[COLLECTION].find(query, {"_id": 1}, session=tx).to_list()
    return [row["_id"] for row in rows]


async def named_ids_of(db: Database, tx: Transaction, person_id: str) -> list[str]:
    """List ids of a step of a person's appointments that say who it was. By `person`."""
    query = {"person": person_id, "phone_index": {"$not": {"$regex": f"^{ERASED}:"}}}
    return await steps.ids_of(tx, db[COLLECTION], query)


async def overwrite(db: Database, tx: Transaction, changes: Mapping[str, Document]) -> None:
    """Change appointments, id → what is set."""
    writes = [UpdateOne({"_id": each}, {"$set": words}) for each, words in changes.items()]
    if writes:
        await db[COLLECTION].bulk_write(writes, ordered=False, session=tx)
