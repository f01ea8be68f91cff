"""Visits that are due, as entries of the list of what a head has to do."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from services.dependencies import Dependencies
from services.kernel.days import end_of
from services.kernel.interests import homes_of
from services.kernel.permissions import Actor, Permission
from services.kernel.today import Entry, Part, TodayKind
from services.kernel.waits import of_each
from services.visits import store
from services.visits.offices import keepers


async def _read(deps: Dependencies, actor: Actor, part: Part) -> Sequence[Entry]:
    """Return the visits whose day has come."""
    found = await store.read_due(
        deps.db,
        keepers.tokens(actor),
        part,
        until=end_of(deps.today()),
        apart=homes_of(actor),
    )
    return [
        Entry(
            key=each.id,
            place=each.home,
            subject=each.id,
            title=f"走访:{each.purpose.label}",
            due_at=each.due_at,
        )
        for each in found
    ]


async def _count(deps: Dependencies, _: Actor, places: Sequence[str]) -> dict[str, int]:
    return await of_each(places, partial(store.count_due, deps.db, end_of(deps.today())))


TODAY: Final = (
    TodayKind(
        name="visits.due",
        label="走访",
        weight=50,
        needs=Permission.PLAN_VISITS,
        read=_read,
        count=_count,
        operations=("submitVisitResult", "updateVisitDay", "cancelVisit"),
    ),
)
