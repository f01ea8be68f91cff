"""Timers of a state: steps that happen by themselves, and the question at the end."""

from datetime import datetime, timedelta
from typing import Any, Final

from services.cases.kinds import Kind
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs

LAPSE: Final = "cases.lapse"
ASK: Final = "cases.ask"


async def start(
    deps: Dependencies, tx: Transaction, kind: Kind, found: Any, now: datetime
) -> None:
    """Promise what follows from the state that a case has entered."""
    for row in kind.table.rows:
        at = comes_at(found, row.due, now) if row.source is found.state else None
        if at is not None:
            await jobs.enqueue(
                deps,
                tx,
                LAPSE,
                f"{found.id}:{row.action}:{found.steps}",
                due_at=at,
                name=kind.name,
                case_id=found.id,
                action=row.action,
            )
    if kind.question is not None and found.state is kind.question.state:
        key = f"{found.id}:{found.round}"
        await jobs.enqueue(
            deps, tx, ASK, key, name=kind.name, case_id=found.id, round=found.round
        )


def comes_at(found: Any, due: str | timedelta | None, since: datetime) -> datetime | None:
    """Return when a step of a case happens by itself: after a span, or as a field says."""
    match due:
        case timedelta():
            return since + due
        case str():
            at: datetime | None = getattr(found, due)
            return at
        case None:
            return None
