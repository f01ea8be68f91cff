"""Store of residencies."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
from pymongo import UpdateOne
from pymongo.asynchronous.cursor import AsyncCursor

from mongo_indexes.residencies import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel.bulk import insert_missing
from services.kernel.days import active_on, day_of, not_over_on
from services.kernel.documents import Document, to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import under
from services.kernel.unions import Part
from services.places import homes as place_homes
from services.residencies.models import (
    OWNERS,
    Belonging,
    Claimant,
    Relation,
    Residency,
    ResidencyStep,
    ResidentSort,
    ResidentsQuery,
    Stay,
    Tie,
    Way,
)

ORDERS: Final = {
    ResidentSort.EARLIEST: Keyset(Key("from_day"), Key()),
    ResidentSort.LATEST: Keyset(Key("from_day", ascending=False), Key(ascending=False)),
}
BELONGING: Final = (
    "home",
    "relation",
    "from_day",
    "to_day",
    "owes_since",
    "disclosed_since",
    "pays_fees",
)
# Who owes what a home is charged, and not only sees it: its owners, and tenants by contract.
OWING: Final[list[Document]] = [{"relation": {"$in": list(OWNERS)}}, {"pays_fees": True}]
KEPT_STEPS: Final = 50
# `source` of a residency that the person themself brought in.
OWN_SOURCES: Final = r"^(request|invitation):"
BOUND: Final[Document] = {"person": {"$type": "string"}}
# Whoever holds a slip of paper or a token came by it; whom the register means has the phone.
# Rows that an invitation wrote itself mean the invited person and nobody's phone.
BY_BEARER: Final[Document] = {
    "$or": [
        {"bound_by": Way.CODE},
        {"bound_by": Way.INVITATION, "source": {"$not": {"$regex": "^invitation:"}}},
    ]
}
FREE: Final[Document] = {"person": None, "bound_by": None, "bound_at": None}


async def _rows(cursor: AsyncCursor[Document]) -> list[Residency]:
    return msgspec.convert(await cursor.to_list(), list[Residency])


async def find(
    db: Database, residency_id: str, *, tx: Transaction | None = None
) -> Residency | None:
    document = await db[COLLECTION].find_one({"_id": residency_id}, session=tx)
    return msgspec.convert(document, Residency | None)


async def of_person(db: Database, person_id: str, day: str) -> list[Residency]:
    """List the homes of a person on a day. Served by index `person`."""
    query = {"person": person_id, **active_on(day)}
    return await _rows(db[COLLECTION].find(query).sort("home", 1))


def part_of_person(person_id: str, day: str) -> Part[Belonging]:
    """Homes of a person on a day, and those of which they may owe something from before.

    With what was merged into each. Served by `person`.
    """
    query = {"person": person_id, **_owing_on(day)}
    fields = {"_id": 0, "merged": 1, **dict.fromkeys(BELONGING, 1)}
    merged = place_homes.look_up_merged("home", into="merged")
    stages = [{"$sort": {"home": 1}}, *merged, {"$project": fields}]
    return Part(COLLECTION, Belonging, query, stages)


def _owing_on(day: str) -> Document:
    """Return the condition for who belongs to a home on a day, or may owe from before."""
    current = [{"to_day": None}, {"to_day": {"$gte": day}}]
    return {"from_day": {"$lte": day}, "$or": [*current, *OWING]}


async def claimants(db: Database, among: Document, day: str) -> list[Claimant]:
    """List who is bound to homes, or left them and may owe something, by person and home.

    `among`: homes or people. Served by index `home` or `person`.
    """
    fields = {"_id": 0, "person": 1, **dict.fromkeys(BELONGING, 1)}
    cursor = db[COLLECTION].find({"$and": [among, BOUND, _owing_on(day)]}, fields)
    found = msgspec.convert(await cursor.to_list(), list[Claimant])
    return sorted(found, key=lambda row: (row.person, row.home))


async def homes_since(
    db: Database, person_id: str, place: str, day: str, *, tx: Transaction | None = None
) -> list[str]:
    """Homes under a place that a person belongs to, will, or did since a day. By `person`."""
    query = {"person": person_id, "home": under(place), **not_over_on(day)}
    cursor = db[COLLECTION].find(query, {"home": 1}, session=tx)
    return sorted({row["home"] for row in await cursor.to_list()})


async def of_homes(db: Database, homes: Sequence[str], day: str) -> list[Residency]:
    """List who belongs to these homes on a day, homes in order. Served by index `home`."""
    query = {"home": {"$in": list(homes)}, **active_on(day)}
    return await _rows(db[COLLECTION].find(query).sort("home", 1))


async def homes_of(db: Database, people: Sequence[str], day: str) -> dict[str, list[str]]:
    """Return person → the homes they are bound to on a day. Served by index `person`."""
    query = {"person": {"$in": list(people)}, **active_on(day)}
    found: dict[str, set[str]] = defaultdict(set)
    async for row in db[COLLECTION].find(query, {"person": 1, "home": 1}):
        found[row["person"]].add(row["home"])
    return {person: sorted(homes) for person, homes in found.items()}


async def ties_of(db: Database, homes: Sequence[str], day: str) -> list[Tie]:
    """List how people belong to these homes on a day, homes in order. Served by `home`."""
    query = {"home": {"$in": list(homes)}, **active_on(day)}
    fields = {"_id": 0, "home": 1, "relation": 1, "person": 1, "phone_index": 1}
    cursor = db[COLLECTION].find(query, fields).sort("home", 1)
    return msgspec.convert(await cursor.to_list(), list[Tie])


async def of_home(
    db: Database, home: str, day: str, *, tx: Transaction | None = None
) -> list[Residency]:
    """List who belongs to a home on a day or will later. Served by index `home`."""
    query = {"home": home, **not_over_on(day)}
    cursor = db[COLLECTION].find(query, session=tx)
    return await _rows(cursor.sort([("from_day", 1), ("_id", 1)]))


async def ever_of_home(db: Database, tx: Transaction, home: str) -> list[Residency]:
    """List who belongs to a home, ever did or will. Served by index `home`."""
    return await _rows(db[COLLECTION].find({"home": home}, session=tx))


async def debtors_of(
    db: Database, homes: Sequence[str], *, tx: Transaction | None = None
) -> list[Residency]:
    """List all who owe what homes are or were charged. Served by index `home`."""
    query = {"home": {"$in": list(homes)}, "$or": OWING}
    return await _rows(db[COLLECTION].find(query, session=tx))


async def owners_ever(
    db: Database, homes: Sequence[str], *, tx: Transaction | None = None
) -> list[Residency]:
    """List all owners, also of before, of those of the homes that changed hands.

    Served by indexes `handed_over` and `home`.
    """
    owners = {"home": {"$in": list(homes)}, "relation": {"$in": list(OWNERS)}}
    since = {"owes_since": {"$gt": ""}}
    later = db[COLLECTION].find({**owners, **since}, {"home": 1}, session=tx)
    changed = sorted({row["home"] async for row in later.hint("handed_over")})
    if not changed:
        return []
    return await _rows(db[COLLECTION].find({**owners, "home": {"$in": changed}}, session=tx))


async def stays_of(db: Database, homes: Sequence[str]) -> list[tuple[str, Stay]]:
    """List who is or was registered for homes, with the home. Served by index `home`."""
    query = {"home": {"$in": list(homes)}, "relation": {"$ne": Relation.PAYER}}
    fields = {"home": 1, "person": 1, "from_day": 1, "to_day": 1}
    found = await db[COLLECTION].find(query, fields).to_list()
    rows = [{**row, "who": row.get("person") or row["_id"]} for row in found]
    return [(row["home"], msgspec.convert(row, Stay)) for row in rows]


async def homes_sold(db: Database, place: str, *, since: str, limit: int) -> list[str]:
    """Return the homes under a place that changed hands, by path. By `handed_over`."""
    below = {**under(place), "$gte": max(since, place)}
    query = {"home": below, "owes_since": {"$gt": ""}, "relation": {"$in": list(OWNERS)}}
    cursor = db[COLLECTION].find(query, {"home": 1}).sort("home", 1).hint("handed_over")
    found: list[str] = []
    async with cursor.batch_size(limit) as rows:
        async for row in rows:
            if row["home"] not in found[-1:]:
                if len(found) == limit:
                    break
                found.append(row["home"])
    return found


async def homes_left(db: Database, *, after: str, limit: int) -> list[str]:
    """Return the next homes that an owner left or will leave, by path. By index `home`."""
    query = {"home": {"$gt": after}, "relation": {"$in": list(OWNERS)}, "to_day": {"$gt": ""}}
    pipeline: list[Document] = [
        {"$match": query},
        {"$group": {"_id": "$home"}},
        {"$sort": {"_id": 1}},
        {"$limit": limit},
    ]
    cursor = await db[COLLECTION].aggregate(pipeline, hint="home")
    return [row["_id"] for row in await cursor.to_list()]


async def owned_before(
    db: Database, tx: Transaction, homes: Sequence[str], source: str
) -> list[str]:
    """Return those of the homes that have owners by anything else. Served by index `home`."""
    query = {"home": {"$in": list(homes)}, "source": {"$ne": source}}
    cursor = db[COLLECTION].find(
        {**query, "relation": {"$in": list(OWNERS)}}, {"home": 1}, session=tx
    )
    return sorted({row["home"] for row in await cursor.to_list()})


async def page(db: Database, home: str, day: str, query: ResidentsQuery) -> Page[Residency]:
    """Residents of a home on a day or later, or ever. Served by index `home_time`."""
    where = {
        "home": home,
        **chosen(query, "relation"),
        **({} if query.past else not_over_on(day)),
    }
    sort = query.sort or (ResidentSort.LATEST if query.past else ResidentSort.EARLIEST)
    return await ORDERS[sort].page(db[COLLECTION], Residency, where, query)


async def unbound_under(
    db: Database, tx: Transaction, place: str, day: str, *, limit: int
) -> list[Residency]:
    """List who belongs to homes there today and has not signed in. Served by index `home`."""
    query = {"home": under(place), "person": None, **active_on(day)}
    return await _rows(db[COLLECTION].find(query, session=tx).sort("home", 1).limit(limit))


async def bound_homes(db: Database, tx: Transaction, homes: Sequence[str]) -> set[str]:
    """Return those of the homes that somebody is bound to. Served by index `home`."""
    query = {"home": {"$in": list(homes)}, **BOUND}
    cursor = db[COLLECTION].find(query, {"home": 1}, session=tx)
    return {document["home"] for document in await cursor.to_list()}


async def any_bound_from(db: Database, source: str, place: str) -> bool:
    """Tell whether somebody is bound to what one import wrote. Served by index `home`."""
    query = {"home": under(place), "source": source, **BOUND}
    return await db[COLLECTION].find_one(query, {"_id": 1}) is not None


async def put(db: Database, tx: Transaction, rows: Sequence[Residency]) -> None:
    """Insert rows of the register; those that are there already stay as they are."""
    await insert_missing(tx, db[COLLECTION], [to_document(row) for row in rows])


async def remove_from(db: Database, tx: Transaction, source: str, homes: Sequence[str]) -> None:
    """Remove what one import wrote for these homes. Served by index `home`."""
    query = {"home": {"$in": list(homes)}, "source": source}
    await db[COLLECTION].delete_many(query, session=tx)


async def insert(db: Database, tx: Transaction, row: Residency) -> None:
    await db[COLLECTION].insert_one(to_document(row), session=tx)


async def move(
    db: Database, tx: Transaction, seen: Residency, changes: Document, step: ResidencyStep
) -> bool:
    """Change a residency that is as it was seen; False when another request was first."""
    key = {"_id": seen.id, "person": seen.person, "to_day": seen.to_day}
    update = {"$set": changes, "$push": {"history": _kept(step)}}
    done = await db[COLLECTION].update_one(key, update, session=tx)
    return done.matched_count == 1


async def end(
    db: Database, tx: Transaction, residency_id: str, changes: Document, step: ResidencyStep
) -> None:
    """Write the last day of a residency, and who ended it."""
    update = {"$set": changes, "$push": {"history": _kept(step)}}
    await db[COLLECTION].update_one({"_id": residency_id}, update, session=tx)


def _kept(step: ResidencyStep) -> Document:
    return {"$each": [to_document(step)], "$slice": -KEPT_STEPS}


async def borne_by_others(
    db: Database, tx: Transaction, person_id: str, phone_index: str, day: str
) -> list[Residency]:
    """List what is under a phone and bound to others by a code or token. By `phone_index`."""
    query = {
        "phone_index": phone_index,
        "person": {"$type": "string", "$ne": person_id},
        "$and": [BY_BEARER, not_over_on(day)],
    }
    return await _rows(db[COLLECTION].find(query, session=tx))


async def bind_phone(
    db: Database, tx: Transaction, person_id: str, phone_index: str, at: datetime
) -> None:
    """Bind a person to what the register has under a phone. Served by index `phone`.

    A residency that somebody was bound to in another way stays theirs.
    """
    query = {
        "phone_index": phone_index,
        "bound_by": {"$in": [None, Way.PHONE]},
        "person": {"$ne": person_id},
        **not_over_on(day_of(at)),
    }
    bound = {"person": person_id, "bound_by": Way.PHONE, "bound_at": at}
    await db[COLLECTION].update_many(query, {"$set": bound}, session=tx)


async def free_other_phones(
    db: Database, tx: Transaction, person_id: str, phone_index: str, at: datetime
) -> None:
    """Free what a person was bound to by a phone they no longer have. Index `person`."""
    query = {
        "person": person_id,
        "phone_index": {"$ne": phone_index},
        "bound_by": Way.PHONE,
        **not_over_on(day_of(at)),
    }
    await db[COLLECTION].update_many(query, {"$set": FREE}, session=tx)


async def brought_in(db: Database, tx: Transaction, person_id: str) -> list[Document]:
    """List the rows a person brought in themself. Served by index `person`."""
    query = {"person": person_id, "source": {"$regex": OWN_SOURCES}}
    return await db[COLLECTION].find(query, {"source": 1, "to_day": 1}, session=tx).to_list()


async def left(db: Database, tx: Transaction, sources: Sequence[str]) -> list[Document]:
    """List the rows of some sources that nobody is bound to and no phone is written in.

    Served by index `brought`.
    """
    query: Document = {"source": {"$in": list(sources)}, "person": None, "phone_index": None}
    return await db[COLLECTION].find(query, {"to_day": 1}, session=tx).to_list()


async def note_claims(db: Database, tx: Transaction, rows: Sequence[Residency]) -> None:
    """Write since when some residents owe the charges of their homes, and see them."""
    changes = {
        row.id: {"owes_since": row.owes_since, "disclosed_since": row.disclosed_since}
        for row in rows
    }
    await overwrite(db, tx, changes)


async def overwrite(db: Database, tx: Transaction, changes: Mapping[str, Document]) -> None:
    """Change residencies, id → what is set."""
    writes = [UpdateOne({"_id": each}, {"$set": words}) for each, words in changes.items()]
    if writes:
        await db[COLLECTION].bulk_write(writes, ordered=False, session=tx)


async def free(db: Database, tx: Transaction, person_id: str) -> None:
    """Free everything a person is or was bound to. Served by index `person`."""
    await db[COLLECTION].update_many({"person": person_id}, {"$set": FREE}, session=tx)
