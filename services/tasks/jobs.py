"""Jobs of tasks: the parts are made one place after the other, handed on, and withdrawn.

Each place is one transaction that also moves the cursor of its task, so that a worker that was
killed and replaced makes no part twice, and none is left out.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from services.cases import actions as cases
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.jobs.models import Again
from services.kernel.days import end_of, plus_days
from services.kernel.documents import Document
from services.kernel.features import Lane, Schedule
from services.kernel.paths import covers, outermost
from services.kernel.permissions import Actor
from services.photos import actions as photos
from services.places import actions as places
from services.places import homes as place_homes
from services.tasks import store
from services.tasks.models import Task
from services.tasks.parts import notify, rungs
from services.tasks.parts import store as parts
from services.tasks.parts.kind import TASK
from services.tasks.parts.models import TaskHome, TaskPart, home_id, part_id
from services.tasks.parts.rungs import Hands
from services.tasks.parts.spans import FINISH, clocks_until
from services.tasks.parts.states import TaskPartAction
from services.tasks.states import TaskAction, TaskState

SPREAD: Final = "tasks.spread"
WITHDRAW: Final = "tasks.withdraw"
HAND_ON: Final = "tasks.hand_on"
LET_GO: Final = "tasks.let_go"
AT_ONCE: Final = 20  # places of a step: some seconds
HOMES_AT_ONCE: Final = 500
PARTS_AT_ONCE: Final = 200
ROWS_AT_ONCE: Final = 100
LATE_DAYS: Final = 2  # more, for parts that no worker made before the last day
# An office ends with a day, and a task shall not wait for the next one.
EVERY: Final = timedelta(minutes=15)


async def spread(deps: Dependencies, payload: Document) -> Again | None:
    """Job: make the next parts of a task, some places at a time."""
    task = await store.find(deps.db, payload["task_id"])
    if task is None or task.state is not TaskState.SPREADING:
        return None
    found = await rungs.places_of(deps, task.places, task.role, after=task.after, limit=AT_ONCE)
    hands = await rungs.hands_of(deps, [(place, task.role) for place in found])
    for place in found:
        if not await _make(deps, task, place, hands[place, task.role]):
            return None  # it was withdrawn, or another worker goes on
    if len(found) == AT_ONCE:
        return Again(deps.now())
    await deps.in_transaction(lambda tx: store.move(deps.db, tx, task, TaskAction.SPREAD, {}))
    return None


async def _make(deps: Dependencies, task: Task, place: str, hands: Hands) -> bool:
    """Make the part of one place, with its homes; False when this worker is to stop."""
    homes = await _homes(deps, task, place) if task.proof.kind.by_home else []
    last = _last_day(deps, task)
    now, until = deps.now(), end_of(last)
    clocks = await clocks_until(deps, place, now, until)

    async def save(tx: Transaction) -> bool:
        there = set(await places.use(deps, [place, *homes], tx=tx))
        kept = [home for home in homes if home in there]
        is_meant = place in there and (bool(kept) or not task.proof.kind.by_home)
        count = {"parts": int(is_meant), "homes": len(kept) if is_meant else 0}
        if not await store.go_on(deps.db, tx, task, place, **count):
            return False
        if not is_meant:
            return True
        part = TaskPart(
            id=part_id(task.id, place),
            task=task.id,
            place=place,
            role=task.role,
            rung=hands.rung,
            held=hands.held,
            title=task.title,
            proof=task.proof,
            until=last,
            filed_by=task.given_by,
            created_at=now,
            entered_at=now,
            steps=1,
            homes=len(kept),
            clocks=clocks,
            due_at=clocks[FINISH].due_at,
            sort_due=clocks[FINISH].due_at or until,
        )
        rows = [_row(task, part, home) for home in kept]
        await parts.insert(deps.db, tx, part, rows)
        await cases.begin(deps, tx, Actor(task.given_by, ""), TASK, part)
        await notify.given(deps, tx, part, sorted(hands.people - {task.given_by}))
        return True

    done = await deps.in_transaction(save)
    task.after = place
    return done


def _last_day(deps: Dependencies, task: Task) -> str:
    """Return the last day of a part that is made now: none begins overdue."""
    today = deps.today()
    return task.until if task.until >= today else plus_days(today, LATE_DAYS)


def _row(task: Task, part: TaskPart, home: str) -> TaskHome:
    return TaskHome(id=home_id(task.id, home), task=task.id, part=part.id, home=home)


async def _homes(deps: Dependencies, task: Task, place: str) -> list[str]:
    """Return the homes of a part: those of its place that the task means."""
    around = any(covers(meant, place) for meant in task.places)
    meant = [place] if around else [one for one in task.places if covers(place, one)]
    found: list[str] = []
    while True:
        page = await place_homes.page_under(
            deps,
            outermost(meant),
            after=found[-1] if found else "",
            limit=HOMES_AT_ONCE,
        )
        found += [home.id for home in page]
        if len(page) < HOMES_AT_ONCE:
            return found


async def withdraw(deps: Dependencies, payload: Document) -> Again | None:
    """Job: close the open parts of a task that was withdrawn, some at a time."""
    task = await store.find(deps.db, payload["task_id"])
    if task is None or task.state is not TaskState.WITHDRAWN:
        return None
    found = await parts.answerable(deps.db, task.id, limit=AT_ONCE)
    for part in found:
        await _withdraw(deps, task, part.id)
    return Again(deps.now()) if len(found) == AT_ONCE else None


async def _withdraw(deps: Dependencies, task: Task, part: str) -> None:
    async def save(tx: Transaction) -> None:
        found = await parts.find(deps.db, part, tx=tx)
        if found is not None and TASK.table.find(found.state, TaskPartAction.WITHDRAW):
            by = Actor(task.withdrawn_by, "")
            await cases.advance(deps, tx, by, TASK, found, TaskPartAction.WITHDRAW)

    await deps.in_transaction(save)


async def hand_on(deps: Dependencies, _payload: Document) -> None:
    """Job: hand open parts to the next office above one that nobody holds, and back."""
    after = ""
    while found := await parts.open_after(deps.db, after, limit=PARTS_AT_ONCE):
        hands = await rungs.hands_of(deps, [(part.place, part.role) for part in found])
        for part in found:
            now = hands[part.place, part.role]
            if (part.rung, part.held) != (now.rung, now.held):
                await _hand(deps, part, now)
        after = found[-1].id


async def _hand(deps: Dependencies, part: TaskPart, now: Hands) -> None:
    async def save(tx: Transaction) -> None:
        if await parts.hand(deps.db, tx, part, now.rung, now.held):
            await notify.given(deps, tx, part, sorted(now.people))

    await deps.in_transaction(save)


async def let_go(deps: Dependencies, payload: Document) -> Again | None:
    """Job: remove notes and photos of the homes of a task long after its last day."""

    async def save(tx: Transaction) -> Sequence[TaskHome]:
        found = await parts.with_traces(deps.db, tx, payload["task_id"], limit=ROWS_AT_ONCE)
        for home in found:
            await photos.discard(deps, tx, home.photo_ids, subject=home.id)
        await parts.blank(deps.db, tx, [home.id for home in found])
        return found

    found = await deps.in_transaction(save)
    return Again(deps.now()) if len(found) == ROWS_AT_ONCE else None


JOBS: Final[dict[str, jobs.Handler]] = {
    SPREAD: spread,
    WITHDRAW: withdraw,
    HAND_ON: hand_on,
    LET_GO: let_go,
}
LANES: Final = {
    SPREAD: Lane.NEWS,
    WITHDRAW: Lane.NEWS,
    HAND_ON: Lane.LONG,
    LET_GO: Lane.LONG,
}
SCHEDULES: Final = (Schedule(HAND_ON, EVERY),)
