"""Homes that a notice did not reach, as what a head has to do: to knock at the door.

The same homes as the list of a place (actions.py), in one round trip however many there are:
the notices of today are read together with the first homes of each.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

import msgspec

from services.audiences import doors
from services.dependencies import Dependencies
from services.kernel.documents import Document
from services.kernel.paths import under_each
from services.kernel.permissions import Actor, Permission
from services.kernel.today import MOST_COUNTED, NO_END, Entry, Part, TodayKind
from services.messaging.broadcasts import actions as broadcasts
from services.messaging.broadcasts.models import LookUp, broadcast_id, home_id
from services.notices import store
from services.notices.notify import SOURCE
from services.notices.unreached.actions import MOST_NOTICES
from services.places import homes as place_homes

# Between home and notice in a key: it sorts before every sign of a path, so that keys sort as
# the homes do, and the notices of one home stand together.
BETWEEN: Final = "/"
SPARE: Final = 10  # homes read beside those wanted, as some may have been retired
BROADCAST: Final = {"$set": {"broadcast": {"$concat": [broadcast_id(SOURCE, ""), "$_id"]}}}


async def read(deps: Dependencies, actor: Actor, part: Part) -> Sequence[Entry]:
    """Return homes to knock at: those whose notice ends first in front, then by path.

    Nobody knocks at a home that was retired since. They are few: a second query only where
    more of them stand side by side than are read at once beside what is wanted.
    """
    places, found = actor.places(Permission.VIEW_RESIDENTS), list[Entry]()
    while True:
        asked = msgspec.structs.replace(part, limit=part.limit - len(found) + SPARE)
        rows = await _rows(deps, places, _stages(deps, places, asked))
        found += [_entry(row) for row in rows if row["stands"]]
        if len(found) >= part.limit or len(rows) < asked.limit:
            return found[: part.limit]
        part = msgspec.structs.replace(part, after=(rows[-1]["due"], rows[-1]["key"]))


def _stages(deps: Dependencies, places: Sequence[str], part: Part) -> list[Document]:
    """Return the stages that make of notices a part of their homes."""
    at, last = part.after or (None, "")
    first = last.partition(BETWEEN)[0]
    asked = LookUp(
        ranges=under_each("home", places),
        first={"$cond": [{"$eq": ["$due", at]}, first, ""]} if first else None,
        without=[_home_id(key) for key in part.without],
        limit=part.limit + bool(first),  # the last one before is read again
    )
    key = {"$concat": ["$homes.home", BETWEEN, "$_id"]}
    return [
        *_within(part),
        BROADCAST,
        *broadcasts.unreached_of(asked),
        {"$project": {"title": 1, "due": 1, "home": "$homes.home", "key": key}},
        {"$match": part.where("due", "key")},
        {"$sort": {"due": 1, "key": 1}},
        {"$limit": part.limit},
        *place_homes.look_up_standing("home", deps.today()),
    ]


def _within(part: Part) -> list[Document]:
    """Return the stage that leaves out notices of which no home is in a part."""
    since = {"$gte": part.after[0]} if part.after else {}
    until = {"$lt": part.until} if part.until else {}
    return [{"$match": {"due": since | until}}] if since or until else []


async def _rows(
    deps: Dependencies, places: Sequence[str], stages: Sequence[Document]
) -> list[Document]:
    return await store.current_through(
        deps.db, doors.keys(places), deps.now(), limit=MOST_NOTICES, stages=stages
    )


def _home_id(key: str) -> str:
    home, _, notice = key.partition(BETWEEN)
    return home_id(broadcast_id(SOURCE, notice), home)


def _entry(row: Document) -> Entry:
    return Entry(
        key=row["key"],
        place=row["home"],
        subject=row["_id"],
        title=f"上门告知:{row['title']}",
        due_at=None if row["due"] == NO_END else row["due"],
    )


async def count(deps: Dependencies, _actor: Actor, places: Sequence[str]) -> dict[str, int]:
    """Count the homes to knock at, of each place; as in all figures, retired ones too."""
    counts = await asyncio.gather(*(_count(deps, place) for place in places))
    return dict(zip(places, counts, strict=True))


async def _count(deps: Dependencies, place: str) -> int:
    asked = LookUp(ranges=under_each("home", [place]), limit=MOST_COUNTED)
    stages = [
        BROADCAST,
        *broadcasts.unreached_of(asked),
        {"$limit": MOST_COUNTED},
        {"$count": "count"},
    ]
    rows = await _rows(deps, [place], stages)
    return sum(row["count"] for row in rows)


TODAY: Final = (
    TodayKind(
        name="notices.unreached",
        label="上门告知",
        weight=40,
        needs=Permission.VIEW_RESIDENTS,
        read=read,
        count=count,
        operations=("createHomeVisit",),
    ),
)
