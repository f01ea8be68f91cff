"""Figures of a notice for those who send it: its reach by place, and its progress.

What each figure counts stands in docs/reference/notice-figures.md.
"""

import asyncio
from typing import Final

from services.dependencies import Dependencies
from services.kernel import errors
from services.kernel.paths import covers
from services.kernel.permissions import Actor, Permission
from services.messaging.broadcasts import actions as broadcasts
from services.messaging.broadcasts import reach as reaches
from services.messaging.broadcasts.models import Broadcast, PlaceReached
from services.messaging.broadcasts.states import BroadcastState
from services.notices import notify
from services.notices.figures import access
from services.notices.figures.models import (
    NoticeProgress,
    NoticeReach,
    ReachedAt,
    ReachQuery,
)
from services.notices.models import Notice
from services.places import actions as places
from services.places.models import LADDER, Kind
from services.statistics import measures, small_groups
from services.statistics.small_groups import Group

HOMES: Final = "places.homes"
MEANT: Final = "meant"  # the cell of the homes that a notice means
UNIT_DEPTH: Final = LADDER.index(Kind.UNIT) + 1


async def progress(deps: Dependencies, actor: Actor, notice_id: str) -> NoticeProgress:
    """Return how far the telling got. Raises NotFound, NotPublished."""
    found = await access.published(deps, actor, notice_id)
    return shown(await _broadcast(deps, found))


async def _broadcast(deps: Dependencies, found: Notice) -> Broadcast:
    """Return the broadcast of a notice, which was begun as it was published."""
    broadcast = await broadcasts.find(deps, notify.broadcast_of(found))
    if broadcast is None:
        raise errors.NotFound("没有找到这条通知")
    return broadcast


def shown(broadcast: Broadcast) -> NoticeProgress:
    """Show how far a broadcast of a notice got."""
    counts = broadcast.counts
    is_pushing = broadcast.state is BroadcastState.PUSHING
    return NoticeProgress(
        notice_id=broadcast.key,
        state=broadcast.state,
        version=broadcast.version,
        homes=counts.homes,
        people=counts.people,
        tried=counts.sent + counts.refused + counts.failed + counts.unknown,
        pushed=counts.sent,
        refused=counts.refused,
        failed=counts.failed,
        unknown=counts.unknown,
        dropped=counts.dropped,
        held=broadcast.waiting,
        next_push_at=broadcast.next_push_at if is_pushing else None,
        done_at=broadcast.done_at,
    )


async def reach(
    deps: Dependencies, actor: Actor, notice_id: str, query: ReachQuery
) -> NoticeReach:
    """Return how far a notice reached at a place of it, and directly below.

    Raises NotFound, also for a place that the notice is not for; NotPublished.
    """
    found = await access.published(deps, actor, notice_id)
    place = query.place or found.place
    if not is_place_of(found, place):
        raise errors.NotFound(places.MISSING)
    broadcast = await _broadcast(deps, found)
    at = reaches.whole if place == found.place else reaches.at
    here, below, hidden = await asyncio.gather(
        at(deps, broadcast.id, place),
        _below(deps, broadcast.id, place),
        _withheld(deps, actor, found, place),
    )
    addresses = await places.addresses(deps, [each.place for each in (here, *below)])
    view = [_view(each, addresses.get(each.place, ""), hidden) for each in (here, *below)]
    return NoticeReach(
        notice_id=found.id, progress=shown(broadcast), here=view[0], below=view[1:]
    )


def is_place_of(notice: Notice, place: str) -> bool:
    """Tell whether a place holds, or lies in, one that the notice is for, and not above all."""
    near = any(covers(place, each) or covers(each, place) for each in notice.audience.places)
    return near and covers(notice.place, place)


async def _below(deps: Dependencies, broadcast: str, place: str) -> list[PlaceReached]:
    """Return the reach at the parts of a place; a unit's homes are in the list of homes."""
    if place.count(".") + 1 >= UNIT_DEPTH:
        return []
    return await reaches.below(deps, broadcast, place)


def _view(found: PlaceReached, address: str, hidden: frozenset[str]) -> ReachedAt:
    is_hidden = small_groups.is_withheld(found.place, hidden)
    return ReachedAt(
        place=found.place,
        address=address,
        homes=None if is_hidden else found.homes,
        people=None if is_hidden else found.people,
    )


async def _withheld(
    deps: Dependencies, actor: Actor, found: Notice, place: str
) -> frozenset[str]:
    """Return the highest places whose figures are about too few homes for this sender.

    Looked at from the place of the whole notice: above it there is no figure of it.
    """
    if actor.may(Permission.VIEW_RESIDENTS, place):
        return frozenset()
    if place.count(".") >= UNIT_DEPTH:
        return frozenset({place})  # one home
    homes, meant = await asyncio.gather(
        measures.by_place(deps, [HOMES], [found.place], depth=UNIT_DEPTH),
        reaches.homes_meant(deps, notify.broadcast_of(found), found.place, UNIT_DEPTH),
    )
    units = {
        unit: homes.get(unit, Group()) + Group({MEANT: number})
        for unit, number in meant.items()
        if not actor.may(Permission.VIEW_RESIDENTS, unit)
    }
    return small_groups.withheld(found.place, units)
