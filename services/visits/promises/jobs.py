"""Jobs of promises to pay: kept, broken, or of people who have left."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from services.bills import actions as bills
from services.bills.states import BillState
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

    Every hour: what was paid by midnight, and a few minutes later, is kept.
    """
    after = ""
    while found := await store.next_waiting(deps.db, after, limit=steps.AT_ONCE):
        homes = sorted({promise.home for promise in found})
        there = await households.of_homes(deps, homes)
        owed = sorted({bill for promise in found for bill in promise.bills})
        states = await bills.states_of(deps, owed)
        for promise in found:
            action = _step(deps, promise, there.get(promise.home), states)
            if action is not None:
                await _take(deps, promise, action)
        after = found[-1].id


def _step(
    deps: Dependencies,
    promise: Promise,
    home: Household | None,
    states: Mapping[str, BillState],
) -> PromiseAction | None:
    """Return what became of a promise; None while it waits.

    A home of which the register knows nobody has nobody who could leave.
    """
    if promise.residencies and not households.same(promise.residencies, home):
        return PromiseAction.LEAVE
    if promise.state is not PromiseState.OPEN:
        return None
    owed = any(states.get(bill) is BillState.OWING for bill in promise.bills)
    if not owed:
        return PromiseAction.KEEP
    return PromiseAction.BREAK if promise.due_at <= deps.now() else None


async def _take(deps: Dependencies, promise: Promise, action: PromiseAction) -> None:
    waits = action is PromiseAction.BREAK
    changes = {"ended_at": deps.now()} if waits else actions.ended(deps)

    async def save(tx: Transaction) -> None:
        # closed by the head at this moment, nothing is left to do
        await store.move(deps.db, tx, promise.id, action, changes)

    await deps.in_transaction(save)


JOBS: Final[dict[str, jobs.Handler]] = {LOOK_AFTER: look_after}
LANES: Final = {LOOK_AFTER: Lane.LONG}
# Ten minutes past each hour.
SCHEDULES: Final = (Schedule(LOOK_AFTER, timedelta(hours=1), timedelta(minutes=10)),)
