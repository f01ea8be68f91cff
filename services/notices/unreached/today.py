"""Homes that a notice did not reach, as what a head has to do: to knock at the door.

The same homes as the list of a place (actions.py), in one round trip however many there are:
the notices of today are read together with the first homes of each.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Final

import msgspec

from services.audiences import doors
from services.dependencies import Dependencies
from services.kernel.documents import Document
from services.kernel.interests import homes_of
from services.kernel.paths import under, under_each
from services.kernel.permissions import Actor, Permission
from services.kernel.today import MOST_COUNTED, NO_END, Entry, Part, TodayKind
from services.kernel.waits import of_each
from services.messaging.broadcasts import actions as broadcasts
from services.messaging.broadcasts.models import LookUp, broadcast_id, home_id
from services.notices import store
from services.notices.notify import SOURCE
from services.notices.unreached.actions import MOST_NOTICES
from services.places import actions as places
from services.places import homes as place_homes

# Between home and notice in a key: it sorts before every sign of a path, so that keys sort as
# the homes do, and the notices of one home stand together.
BETWEEN: Final = "/"
SPARE: Final = 10  # homes read beside those wanted, as some may have been retired
BROADCAST: Final = {"$set": {"broadcast": {"$concat": [broadcast_id(SOURCE, ""), "$_id"]}}}


async def read(deps: Dependencies, actor: Actor, part: Part) -> Sequence[Entry]:
    """Return homes to knock at: those whose notice ends first in front, then by path.

    Nobody is sent to a door of their own. Where the community hides from its heads which homes
    owe, none of a notice by debts. That differs only for who heads places of two communities: a
    query for each.
    """
    held = actor.places(Permission.VIEW_RESIDENTS)
    seen = {place: actor.may(Permission.VIEW_UNPAID, place) for place in held}
    own = sorted(homes_of(actor))
    asked = [
        _read(deps, spots, part, apart=own, by_debts=by_debts)
        for by_debts in (True, False)
        if (spots := [place for place in held if seen[place] is by_debts])
    ]
    found = await asyncio.gather(*asked)
    return part.of(entry for entries in found for entry in entries)


async def _read(
    deps: Dependencies,
    spots: Sequence[str],
    part: Part,
    *,
    apart: Sequence[str],
    by_debts: bool,
) -> list[Entry]:
    """Return homes of some places. `apart`: those that are left out.

    Nobody knocks at a home that was retired since. They are few: a second query only where
    more of them stand side by side than are read at once beside what is wanted.
    """
    found = list[Entry]()
    while True:
        asked = msgspec.structs.replace(part, limit=part.limit - len(found) + SPARE)
        stages = _stages(deps, spots, asked, apart)
        rows = await _rows(deps, spots, stages, by_debts=by_debts)
        found += [_entry(row) for row in rows if row["stands"]]
        if len(found) >= part.limit or len(rows) < asked.limit:
            return found[: part.limit]
        part = msgspec.structs.replace(part, after=(rows[-1]["due"], rows[-1]["key"]))


def _stages(
    deps: Dependencies, spots: Sequence[str], part: Part, apart: Sequence[str]
) -> list[Document]:
    """Return the stages that make of notices a part of their homes."""
    at, last = part.after or (None, "")
    first = last.partition(BETWEEN)[0]
    asked = LookUp(
        ranges=under_each("home", spots),
        first={"$cond": [{"$eq": ["$due", at]}, first, ""]} if first else None,
        without=[_home_id(key) for key in part.without],
        apart=apart,
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
    deps: Dependencies, spots: Sequence[str], stages: Sequence[Document], *, by_debts: bool
) -> list[Document]:
    return await store.current_through(
        deps.db,
        doors.keys(spots),
        deps.now(),
        limit=MOST_NOTICES,
        by_debts=by_debts,
        stages=stages,
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


async def count(deps: Dependencies, _: Actor, wanted: Sequence[str]) -> dict[str, int]:
    """Count the homes to knock at, of each place; as in all figures, retired ones too.

    As on the lists of heads, none of a notice by debts where these are hidden from them.
    """
    hiding = await places.hiding_debts_around(deps, wanted)
    hidden = [{"by_debts": True, "homes.home": under(each)} for each in sorted(hiding)]
    return await of_each(wanted, partial(_count, deps, hidden))


async def _count(deps: Dependencies, hidden: Sequence[Document], place: str) -> int:
    asked = LookUp(ranges=under_each("home", [place]), limit=MOST_COUNTED)
    stages = [
        BROADCAST,
        *broadcasts.unreached_of(asked),
        *([{"$match": {"$nor": hidden}}] if hidden else []),
        {"$limit": MOST_COUNTED},
        {"$count": "count"},
    ]
    rows = await _rows(deps, [place], stages, by_debts=True)
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
