"""Timers of a state: steps that happen by themselves, and the question at the end."""

from datetime import datetime, timedelta
from typing import Any, Final

from services.cases.kinds import Kind
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs

LAPSE: Final = "cases.lapse"
ASK: Final = "cases.ask"
LET_GO: Final = "cases.let_go"


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
    await ask(deps, tx, kind, found, key="")
    if kind.photos_kept_for is not None and kind.is_over(found.state):
        key, due_at = f"{found.id}:{found.steps}", now + kind.photos_kept_for
        facts = {"name": kind.name, "case_id": found.id}
        await jobs.enqueue(deps, tx, LET_GO, key, due_at=due_at, **facts)


async def ask(deps: Dependencies, tx: Transaction, kind: Kind, found: Any, *, key: str) -> None:
    """Promise to ask whoever was not asked in this round; nothing in other states.

    `key`: of who joined after the others were asked; "" for the round.
    """
    if kind.question is None or found.state is not kind.question.state:
        return
    job = f"{found.id}:{found.round}{key and ':'}{key}"
    facts = {"name": kind.name, "case_id": found.id, "round": found.round}
    await jobs.enqueue(deps, tx, ASK, job, **facts)


def is_due(kind: Kind, found: Any, now: datetime) -> bool:
    """Tell whether a step of a case's state happens by itself by now, and changes all else."""
    since = found.entered_at or found.created_at
    rows = [row for row in kind.table.rows if row.source is found.state]
    moments = [comes_at(found, row.due, since) for row in rows]
    return any(at is not None and at <= now for at in moments)


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
