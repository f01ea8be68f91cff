"""Actions on parts of a task: read and finished by heads, accepted or returned."""

from typing import Final

from services.cases import actions as cases
from services.cases import history
from services.cases.actions import Words
from services.cases.models import EventView, Reading
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.days import end_of, plus_days
from services.kernel.documents import Document
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Actor, Permission
from services.photos import actions as photos
from services.photos.models import PhotoPurpose
from services.places import actions as places
from services.places.models import Kind
from services.tasks import actions as tasks
from services.tasks.models import Task
from services.tasks.parts import rungs, store, views, work
from services.tasks.parts.kind import TASK
from services.tasks.parts.models import (
    FinishTaskPart,
    HomesQuery,
    MyPartsQuery,
    PartsQuery,
    TaskHomeView,
    TaskLevel,
    TaskPart,
    TaskPartView,
    TaskProgress,
    TaskProgressQuery,
    TaskProgressRow,
    WholeTaskPartView,
)
from services.tasks.parts.spans import clocks_until
from services.tasks.parts.states import TaskPartAction

# What was returned is done within two days more, if its own day is nearer.
AGAIN_DAYS: Final = 2


class ReasonNeeded(errors.InvalidInput):
    """Homes have no answer; `left` says how many."""

    code = "task_reason_needed"


class ReturnedBefore(errors.Conflict):
    """The community returned the part once already."""

    code = "task_returned_before"


class LevelTooLow(errors.InvalidInput):
    """The heads of the task have larger places than those."""

    code = "task_level_too_low"


async def mine(deps: Dependencies, actor: Actor, query: MyPartsQuery) -> Page[TaskPartView]:
    """Parts that I have or had in hand by an office of mine: open ones, by their day."""
    page = await store.in_hand(deps.db, rungs.keys_of(actor), query)
    return page.of(await views.shown(deps, actor, page.items))


async def get(deps: Dependencies, actor: Actor, part_id: str) -> WholeTaskPartView:
    """One part of my office or of one below it. Raises NotFound."""
    return await views.whole(deps, actor, await views.access(deps, actor, part_id))


async def homes(
    deps: Dependencies, actor: Actor, part_id: str, query: HomesQuery
) -> Page[TaskHomeView]:
    """Homes of a part with what was answered, by path. Raises NotFound."""
    part = await views.access(deps, actor, part_id)
    page = await store.homes(deps.db, part.id, query)
    return page.of(await views.homes(deps, page.items))


async def events(
    deps: Dependencies, actor: Actor, part_id: str, query: ListQuery
) -> Page[EventView]:
    """The history of a part, the earliest first. Raises NotFound."""
    part = await views.access(deps, actor, part_id)
    reading = Reading(reader=actor.person_id, internal=True)
    return await history.of_case(deps, TASK, part, query, reading)


async def finish(
    deps: Dependencies, actor: Actor, part_id: str, wish: FinishTaskPart
) -> WholeTaskPartView:
    """Report a part as done, with a reason where homes are left.

    Raises NotFound, ReasonNeeded, PartMovedOn.
    """

    async def change(tx: Transaction, found: TaskPart) -> Document:
        if found.left and wish.reason is None:
            raise ReasonNeeded(f"还有{found.left}户没有登记,请写明原因")
        if wish.photo_ids:
            await photos.attach(
                deps,
                tx,
                actor,
                wish.photo_ids,
                subject=found.id,
                place=found.place,
                needs=Permission.DO_TASKS,
                owner="",
                purposes={PhotoPurpose.CASE},
            )
        return work.reported(deps, actor, found)

    words = Words(remark=wish.reason or "", photo_ids=wish.photo_ids)
    found = await cases.act(
        deps, actor, TASK, part_id, TaskPartAction.FINISH, change=change, words=words
    )
    return await views.whole(deps, actor, found)


async def accept(deps: Dependencies, actor: Actor, part_id: str) -> WholeTaskPartView:
    """Accept what was reported of a part. Raises NotFound, PartMovedOn."""
    found = await cases.act(deps, actor, TASK, part_id, TaskPartAction.ACCEPT)
    return await views.whole(deps, actor, found)


async def send_back(
    deps: Dependencies, actor: Actor, part_id: str, reason: str
) -> WholeTaskPartView:
    """Return a part to its head, once. Raises NotFound, ReturnedBefore, PartMovedOn."""

    async def change(_tx: Transaction, found: TaskPart) -> Document:
        if found.returned:
            raise ReturnedBefore("这项任务已经退回过一次了")
        last = max(found.until, plus_days(deps.today(), AGAIN_DAYS))
        clocks = await clocks_until(deps, found.place, deps.now(), end_of(last))
        return {"returned": True, "until": last, "clocks": clocks, **work.NOT_REPORTED}

    words = Words(remark=reason)
    found = await cases.act(
        deps, actor, TASK, part_id, TaskPartAction.RETURN, change=change, words=words
    )
    return await views.whole(deps, actor, found)


# For the community


async def listing(
    deps: Dependencies, actor: Actor, task_id: str, query: PartsQuery
) -> Page[TaskPartView]:
    """Parts of a task by place, with how far each is. Raises NotFound."""
    task = await tasks.access(deps, actor, task_id)
    page = await store.page(deps.db, task.id, query)
    return page.of(await views.shown(deps, actor, page.items))


async def progress(
    deps: Dependencies, actor: Actor, task_id: str, query: TaskProgressQuery
) -> TaskProgress:
    """How far a task is, by place. Raises NotFound, LevelTooLow."""
    task = await tasks.access(deps, actor, task_id)
    depth = _depth(task, query.by)
    rows = await store.progress(deps.db, task.id, depth)
    addresses = await places.addresses(deps, [row["_id"] for row in rows])
    return TaskProgress(
        items=[
            TaskProgressRow(
                place=row["_id"],
                address=addresses.get(row["_id"], str(row["_id"])),
                left=row["homes"] - row["done"] - row["nobody_there"],
                **{name: row[name] for name in row.keys() - {"_id"}},
            )
            for row in rows
        ]
    )


def _depth(task: Task, by: TaskLevel) -> int:
    """Return how many segments the places have by which progress is counted."""
    depth = Kind(by.value).depth
    if depth > rungs.SEGMENTS[task.role.role]:
        raise LevelTooLow("这项任务是按楼栋布置的,请按楼栋或小区统计")
    return depth
