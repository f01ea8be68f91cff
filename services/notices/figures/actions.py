"""Figures of a notice for those who send it: its reach by place, and its progress.

What each figure counts stands in docs/reference/notice-figures.md.
"""

import asyncio

import msgspec

from services.dependencies import Dependencies
from services.kernel import errors
from services.kernel.paths import covers
from services.kernel.permissions import Actor
from services.messaging.broadcasts import actions as broadcasts
from services.messaging.broadcasts import reach as reaches
from services.messaging.broadcasts.models import Broadcast, PlaceReached
from services.messaging.broadcasts.states import BroadcastState
from services.notices import notify
from services.notices.figures import access, groups
from services.notices.figures.models import (
    NoticeProgress,
    NoticeReach,
    ReachedAt,
    ReachQuery,
)
from services.notices.models import Notice
from services.places import actions as places
from services.statistics import small_groups
from services.statistics.hidden_homes import UNIT_DEPTH


async def progress(deps: Dependencies, actor: Actor, notice_id: str) -> NoticeProgress:
    """Return how far the telling got. Raises NotFound, NotPublished."""
    found = await access.published(deps, actor, notice_id)
    broadcast = await _broadcast(deps, found)
    return shown(broadcast, is_hidden=await _is_hidden(deps, actor, found, broadcast))


async def _is_hidden(
    deps: Dependencies, actor: Actor, found: Notice, broadcast: Broadcast
) -> bool:
    """Tell whether the figures of a whole notice are withheld from a sender.

    From whom it may be, they are while its homes are gathered: nobody knows yet how many.
    """
    if not groups.strange(actor, found.audience):
        return False
    if broadcast.state is BroadcastState.GATHERING:
        return True
    hidden = await groups.withheld(deps, actor, found, found.place)
    return small_groups.is_withheld(found.place, hidden)


async def _broadcast(deps: Dependencies, found: Notice) -> Broadcast:
    """Return the broadcast of a notice, which was begun as it was published."""
    broadcast = await broadcasts.find(deps, notify.broadcast_of(found))
    if broadcast is None:
        raise errors.NotFound("没有找到这条通知")
    return broadcast


def shown(broadcast: Broadcast, *, is_hidden: bool) -> NoticeProgress:
    """Show how far a broadcast of a notice got; `is_hidden`: without any figure."""
    counts = broadcast.counts
    is_pushing = broadcast.state is BroadcastState.PUSHING
    told = NoticeProgress(
        notice_id=broadcast.key,
        state=broadcast.state,
        version=broadcast.version,
        done_at=broadcast.done_at,
    )
    if is_hidden:
        return told
    return msgspec.structs.replace(
        told,
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
    here, below, hidden, is_hidden = await asyncio.gather(
        at(deps, broadcast.id, place),
        _below(deps, broadcast.id, place),
        groups.withheld(deps, actor, found, place),
        _is_hidden(deps, actor, found, broadcast),
    )
    addresses = await places.addresses(deps, [each.place for each in (here, *below)])
    view = [_view(each, addresses.get(each.place, ""), hidden) for each in (here, *below)]
    progress = shown(broadcast, is_hidden=is_hidden)
    return NoticeReach(notice_id=found.id, progress=progress, here=view[0], below=view[1:])


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
