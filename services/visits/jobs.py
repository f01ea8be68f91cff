"""Jobs of visits: minutes go when their time is over."""

from datetime import timedelta
from typing import Final

from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.jobs.models import Again
from services.kernel import steps
from services.kernel.documents import Document
from services.kernel.features import Lane, Schedule
from services.photos import actions as photos
from services.visits import store

REMOVE: Final = "visits.remove_minutes"


async def remove_minutes(deps: Dependencies, _payload: Document) -> Again | None:
    """Job: remove minutes and photos of a year ago, a step at a time."""
    query: Document = {"minutes_until": {"$lte": deps.now()}}
    is_more = await deps.in_transaction(lambda tx: blank(deps, tx, query))
    return Again(deps.now()) if is_more else None


async def blank(deps: Dependencies, tx: Transaction, query: Document) -> bool:
    """Leave of some visits only that somebody was there; tell whether there may be more."""
    found = await store.without_minutes(deps.db, tx, query)
    for visit in found:
        if visit.photos:
            await photos.discard(deps, tx, visit.photos, subject=visit.id)
    await store.blank(deps.db, tx, [visit.id for visit in found])
    return len(found) == steps.AT_ONCE


JOBS: Final[dict[str, jobs.Handler]] = {REMOVE: remove_minutes}
LANES: Final = {REMOVE: Lane.LONG}
# 00:40 Beijing time.
SCHEDULES: Final = (Schedule(REMOVE, timedelta(days=1), timedelta(hours=16, minutes=40)),)
