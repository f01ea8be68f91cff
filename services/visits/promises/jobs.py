"""Jobs of promises to pay: kept, broken, paid late, or of people who have left."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from services.bills import actions as bills
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel import steps
from services.kernel.documents import Document
from services.kernel.features import Lane, Schedule
from services.visits.offices import households
from services.visits.offices.households import Household
from services.visits.promises import actions, store
from services.visits.promises.models import Promise
from services.visits.promises.states import PromiseAction, PromiseState

LOOK_AFTER: Final = "visits.look_after_promises"


async def look_after(deps: Dependencies, _payload: Document) -> None:
    """Job: see of each promise whether it was kept, by pages; harmless to repeat.

    Every hour. What counts is when it was paid, and not when the worker came by.
    """
    after = ""
    while found := await store.next_waiting(deps.db, after, limit=steps.AT_ONCE):
        homes = sorted({promise.home for promise in found})
        there = await households.of_homes(deps, homes)
        owed = sorted({bill for promise in found for bill in promise.bills})
        settled = await bills.settled_at(deps, owed)
        for promise in found:
            action = _step(deps, promise, there.get(promise.home), settled)
            if action is not None:
                await _take(deps, promise, action)
        after = found[-1].id


def _step(
    deps: Dependencies,
    promise: Promise,
    home: Household | None,
    settled: Mapping[str, datetime | None],
) -> PromiseAction | None:
    """Return what became of a promise; None while it waits.

    A home of which the register knows nobody has nobody who could leave.
    """
    if promise.residencies and not households.same(promise.residencies, home):
        return PromiseAction.LEAVE
    ends = [settled[bill] for bill in promise.bills if bill in settled]
    if None in ends:
        is_over = promise.state is PromiseState.OPEN and promise.due_at <= deps.now()
        return PromiseAction.BREAK if is_over else None
    is_late = any(at is not None and at >= promise.due_at for at in ends)
    return PromiseAction.PAY_LATE if is_late else PromiseAction.KEEP


async def _take(deps: Dependencies, promise: Promise, action: PromiseAction) -> None:
    async def save(tx: Transaction) -> None:
        # closed by the head at this moment, nothing is left to do
        await store.move(deps.db, tx, promise.id, action, actions.ended(deps))

    await deps.in_transaction(save)


JOBS: Final[dict[str, jobs.Handler]] = {LOOK_AFTER: look_after}
LANES: Final = {LOOK_AFTER: Lane.LONG}
# Ten minutes past each hour.
SCHEDULES: Final = (Schedule(LOOK_AFTER, timedelta(hours=1), timedelta(minutes=10)),)
