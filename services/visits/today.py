"""Visits that are due, as entries of the list of what a head has to do."""

from collections.abc import Sequence
from typing import Final

from services.dependencies import Dependencies
from services.kernel.days import end_of
from services.kernel.documents import Document
from services.kernel.interests import homes_of
from services.kernel.permissions import Actor, Permission
from services.kernel.today import Entry, Part, TodayKind
from services.visits import store
from services.visits.models import VisitPurpose
from services.visits.offices import due, keepers
from services.visits.states import VisitState

IS_OPEN: Final[Document] = {"state": VisitState.PLANNED}


async def _read(deps: Dependencies, actor: Actor, part: Part) -> Sequence[Entry]:
    """Return the visits whose day has come."""
    found = await due.read(
        store.collection(deps.db),
        keepers.tokens(actor),
        IS_OPEN,
        part,
        until=end_of(deps.today()),
        apart=homes_of(actor),
    )
    return [
        Entry(
            key=row["_id"],
            place=row["home"],
            subject=row["_id"],
            title=f"走访:{VisitPurpose(row['purpose']).label}",
            due_at=row["due_at"],
        )
        for row in found
    ]


async def _count(deps: Dependencies, _: Actor, places: Sequence[str]) -> dict[str, int]:
    until = end_of(deps.today())
    return await due.count(store.collection(deps.db), places, IS_OPEN, until=until)


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
