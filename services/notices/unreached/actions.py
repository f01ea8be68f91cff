"""Lists of homes that were not reached: of one notice for its senders, of a place for heads.

Both read the homes that broadcasts keep, so that list and figures cannot differ.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from services.audiences import doors
from services.dependencies import Dependencies
from services.kernel import errors
from services.kernel.pages import Page
from services.kernel.paths import covers
from services.kernel.permissions import Actor, Permission
from services.messaging.broadcasts import actions as broadcasts
from services.messaging.broadcasts.models import BroadcastHome
from services.notices import notify, store
from services.notices.figures import access
from services.notices.models import Notice
from services.notices.unreached.doors import retired
from services.notices.unreached.models import (
    UnreachedHome,
    UnreachedHomesQuery,
    UnreachedQuery,
)
from services.notices.visits import store as visits
from services.notices.visits.models import Visit
from services.places import actions as places
from services.places import grids
from services.places.models import Kind

# Notices that a head works off at a time, pinned ones first, the newest next: what hung out
# for years is not knocked at doors for, and the list stays one merged scan of an index.
MOST_NOTICES: Final = 50


async def of_notice(
    deps: Dependencies, actor: Actor, notice_id: str, query: UnreachedQuery
) -> Page[UnreachedHome]:
    """Return the homes that a notice did not reach, for its senders, by path.

    Raises NotFound, also for a place that the notice is not for; Forbidden, NotPublished.
    """
    found = await access.published(deps, actor, notice_id)
    seen = access.homes_seen(actor, found)
    if query.place is not None:
        seen = _within(seen, query.place)
    page = await broadcasts.unreached(
        deps, [notify.broadcast_of(found)], seen, query, query.because
    )
    return page.of(await _rows(deps, page.items, [found]))


def _within(seen: Sequence[str], place: str) -> list[str]:
    """Return the part of what somebody sees that lies in a place. Raises NotFound."""
    if any(covers(each, place) for each in seen):
        return [place]
    inside = [each for each in seen if covers(place, each)]
    if not inside:
        raise errors.NotFound(places.MISSING)
    return inside


async def place_of(deps: Dependencies, actor: Actor, notice_id: str) -> str:
    """Return the place of a notice, for the audit of an export. Raises NotFound."""
    return (await access.published(deps, actor, notice_id)).place


async def at_place(
    deps: Dependencies, actor: Actor, place: str, query: UnreachedHomesQuery
) -> Page[UnreachedHome]:
    """Return the homes of a place that a notice of today did not reach, by path.

    Raises NotFound for a place whose residents the actor does not see.
    """
    spots = await _spots(deps, actor, place)
    by_debts = all(actor.may(Permission.VIEW_UNPAID, each) for each in spots)
    found = await store.current_at(
        deps.db, doors.keys(spots), deps.now(), limit=MOST_NOTICES, by_debts=by_debts
    )
    page = await broadcasts.unreached(
        deps, [notify.broadcast_of(each) for each in found], spots, query, query.because
    )
    return page.of(await _rows(deps, page.items, found))


async def _spots(deps: Dependencies, actor: Actor, place: str) -> list[str]:
    """Return a place, or the buildings of a grid: its head holds the office at each of them."""
    buildings = (await grids.buildings_of(deps, [place])).get(place, [])
    if buildings and all(actor.may(Permission.VIEW_RESIDENTS, each) for each in buildings):
        return buildings
    found = await places.access_place(deps, actor, place, Permission.VIEW_RESIDENTS)
    return buildings if found.kind is Kind.GRID else [place]


async def _rows(
    deps: Dependencies, found: Sequence[BroadcastHome], about: Sequence[Notice]
) -> list[UnreachedHome]:
    """Show homes with their addresses and visits: three queries however many.

    Nobody knocks at a home that was retired since: a page may have fewer rows than it asks for.
    """
    notices = {notify.broadcast_of(each): each for each in about}
    homes = sorted({row.home for row in found})
    if not homes:
        return []
    gone = await retired(deps, homes)
    found = [row for row in found if row.home not in gone]
    addresses = await places.addresses(deps, homes)
    knocked = defaultdict[tuple[str, str], list[Visit]](list)
    for visit in await visits.of_homes(deps.db, [each.id for each in about], homes):
        knocked[visit.notice, visit.home].append(visit)
    return [
        _row(row, notices[row.broadcast], addresses.get(row.home, ""), knocked) for row in found
    ]


def _row(
    row: BroadcastHome,
    notice: Notice,
    address: str,
    knocked: dict[tuple[str, str], list[Visit]],
) -> UnreachedHome:
    made = sorted(knocked.get((notice.id, row.home), []), key=lambda visit: visit.number)
    last = made[-1] if made else None
    return UnreachedHome(
        home=row.home,
        address=address,
        notice_id=notice.id,
        title=notice.title,
        because=row.because,
        people=len(row.people),
        visits=len(made),
        last_visit_at=last.at if last else None,
        last_visit_result=last.result if last else None,
    )
