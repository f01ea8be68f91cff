"""The list of what a head has to do today, of the kinds that all packages register.

One list for each head: what they hold as staff is not on it, and what they do as a resident
neither. An empty list means that all is done.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from services.dependencies import Dependencies
from services.kernel.pages import Page
from services.kernel.permissions import HEADS, Actor
from services.kernel.today import NO_END, Entry, Part, TodayKind
from services.places import actions as places
from services.today import entry_ids, positions, put_offs, store
from services.today.models import (
    MOST_BADGED,
    KindCount,
    MyTodayQuery,
    TodayBadge,
    TodayEntry,
)
from services.today.positions import Band, Order, Position


class Found(Struct, frozen=True):
    """Entry with its kind and its position in the list of all kinds."""

    kind: TodayKind
    entry: Entry
    position: Position


def as_head(actor: Actor) -> Actor:
    """Return the actor with what they hold as a head, and by living there.

    Staff who answer for thousands of homes see counts (place_counts.py) and not the contents.
    """
    kept = tuple(g for g in actor.grants if g.role in HEADS or g.role.by_living)
    return msgspec.structs.replace(actor, grants=kept)


async def listing(deps: Dependencies, actor: Actor, query: MyTodayQuery) -> Page[TodayEntry]:
    """Return what the actor has to do as a head, what matters most in front.

    One query for what they put off, one for each kind, and one for all addresses. Raises
    InvalidInput for a cursor that is none of ours.
    """
    head = as_head(actor)
    order, last = positions.read(query.cursor, deps.now())
    until = order.after_midnight if query.by_midnight else None
    part = Part(limit=query.limit + 1, until=until)
    found = await _read(deps, head, order, last, part)
    shown = found[: query.limit]
    addresses = await places.addresses(deps, sorted({each.entry.place for each in shown}))
    more = len(found) > query.limit
    return Page(
        [_view(deps, head, each, addresses) for each in shown],
        positions.write(order, shown[-1].position) if more else None,
    )


async def _read(
    deps: Dependencies, head: Actor, order: Order, last: Position | None, part: Part
) -> list[Found]:
    """Return the part of each kind that follows on a position, merged; one query for each."""
    away = defaultdict[str, list[str]](list)
    for row in await store.of_person(deps.db, head.person_id, deps.now()):
        away[row.kind].append(row.entry)
    asked = [
        (kind, part_of)
        for kind in deps.features.today
        if kind.needs is None or head.places(kind.needs)
        if (part_of := order.follows(kind, last, part))
    ]
    rows = await asyncio.gather(
        *(
            kind.read(deps, head, msgspec.structs.replace(one, without=away[kind.name]))
            for kind, one in asked
        )
    )
    found = [
        Found(kind, entry, order.position(kind, entry))
        for (kind, _), entries in zip(asked, rows, strict=True)
        for entry in entries
    ]
    return sorted(found, key=lambda each: each.position)


def _view(
    deps: Dependencies, head: Actor, found: Found, addresses: Mapping[str, str]
) -> TodayEntry:
    kind, entry = found.kind, found.entry
    return TodayEntry(
        entry_id=entry_ids.write(deps, head, kind.name, entry),
        kind=kind.name,
        label=kind.label,
        place=entry.place,
        address=addresses.get(entry.place, ""),
        title=entry.title,
        subject=entry.subject,
        due_at=entry.due_at,
        overdue=(entry.due_at or NO_END) < deps.now(),
        operations=list(entry.operations or kind.operations),
        can_be_done=kind.done is not None,
        can_be_put_off=put_offs.last_day(deps, entry.due_at) is not None,
    )


async def badge(deps: Dependencies, actor: Actor) -> TodayBadge:
    """Count what the actor has to do as a head: the same entries as on the list."""
    order, part = Order(deps.now()), Part(limit=MOST_BADGED)
    found = await _read(deps, as_head(actor), order, None, part)
    return TodayBadge(
        total=_most(len(found)),
        overdue=_most(sum(each.position.band == Band.OVERDUE for each in found)),
        by_midnight=_most(sum(each.position.band < Band.LATER for each in found)),
        kinds=_kinds(deps, found),
    )


def _most(number: int) -> int:
    return min(number, MOST_BADGED)


def _kinds(deps: Dependencies, found: Sequence[Found]) -> list[KindCount]:
    counted = [(kind, sum(e.kind is kind for e in found)) for kind in deps.features.today]
    return [
        KindCount(kind=kind.name, label=kind.label, count=count)
        for kind, count in counted
        if count
    ]
