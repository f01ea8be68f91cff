"""Actions of the community on tasks: given, listed, withdrawn."""

from collections.abc import Sequence

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.days import check_day, end_of, is_too_far
from services.kernel.documents import Document
from services.kernel.pages import Page
from services.kernel.paths import outermost, smallest_around
from services.kernel.permissions import Actor, Permission, require_at, scope_of
from services.kernel.views import show
from services.places import actions as places
from services.places import grids
from services.places.models import Kind
from services.tasks import store
from services.tasks.jobs import LET_GO, SPREAD, WITHDRAW
from services.tasks.models import NewTask, Task, TaskProof, TaskProofKind, TasksQuery, TaskView
from services.tasks.retention import KEPT_FOR
from services.tasks.states import TABLE, TaskAction, moved_on

MISSING = "没有找到这项任务"


class BadDay(errors.InvalidInput):
    """The last day of a task is over already, or more than two years ahead."""

    code = "task_bad_day"


class BadProof(errors.InvalidInput):
    """A number without what it counts, bounds of no number, or bounds the wrong way round."""

    code = "task_bad_proof"


class PlacesApart(errors.InvalidInput):
    """The places lie under no one place where the actor gives tasks: one task for each."""

    code = "task_places_apart"


async def give(deps: Dependencies, actor: Actor, wish: NewTask) -> TaskView:
    """Give heads a task; a job makes the part of each.

    Raises NotFound for a place that is not the actor's, BadDay, BadProof, PlacesApart.
    """
    today = deps.today()
    if check_day(wish.until) < today or is_too_far(wish.until, today):
        raise BadDay("完成日期要在今天以后、两年以内")
    _check_proof(wish.proof)
    meant = await meant_places(deps, actor, wish.places)
    task = Task(
        id=deps.new_id(),
        place=around(actor, meant),
        places=meant,
        role=wish.role,
        title=wish.title,
        text=wish.text,
        proof=wish.proof,
        until=wish.until,
        given_by=actor.person_id,
        given_at=deps.now(),
    )

    async def save(tx: Transaction) -> None:
        await store.insert(deps.db, tx, task)
        await jobs.enqueue(deps, tx, SPREAD, task.id, task_id=task.id)
        due_at = end_of(task.until) + KEPT_FOR
        await jobs.enqueue(deps, tx, LET_GO, task.id, due_at=due_at, task_id=task.id)
        facts: Document = {"places": len(meant), "role": task.role, "until": task.until}
        await audit.record(
            deps, tx, actor, Act.TASK_GIVEN, place=task.place, subject=task.id, **facts
        )

    await deps.in_transaction(save)
    return (await _shown(deps, [task]))[0]


def _check_proof(proof: TaskProof) -> None:
    is_number = proof.kind is TaskProofKind.NUMBER
    if is_number is not (proof.unit_label is not None):
        raise BadProof("填数时请写明单位,其他方式不用写")
    bounds = [each for each in (proof.least, proof.most) if each is not None]
    if (bounds and not is_number) or bounds != sorted(bounds):
        raise BadProof("最小值不能大于最大值,也只有填数时才需要")


async def meant_places(deps: Dependencies, actor: Actor, paths: Sequence[str]) -> list[str]:
    """Return the outermost of some places of the actor's; of grids, their buildings.

    Raises NotFound for one where they give no tasks, or that is not there.
    """
    for path in paths:
        require_at(actor, Permission.GIVE_TASKS, path)
    found = {place.id: place for place in await places.find_many(deps, paths)}
    if found.keys() != {*paths}:
        raise errors.NotFound(places.MISSING)
    gridded = [path for path in paths if found[path].kind is Kind.GRID]
    buildings = await grids.buildings_of(deps, gridded) if gridded else {}
    plain = {path for path in paths if path not in buildings}
    meant = outermost(plain | {each for grid in buildings.values() for each in grid})
    for path in meant:
        require_at(actor, Permission.GIVE_TASKS, path)
    if not meant:
        raise errors.NotFound(places.MISSING)
    return list(meant)


def around(actor: Actor, meant: Sequence[str]) -> str:
    """Return the smallest place around some, where the actor gives tasks. PlacesApart."""
    place = smallest_around(meant)
    if not place or not actor.may(Permission.GIVE_TASKS, place):
        raise PlacesApart("这些地方不在同一个社区,请分开布置")
    return place


async def access(
    deps: Dependencies, actor: Actor, task_id: str, *, tx: Transaction | None = None
) -> Task:
    """Return a task of a place where the actor gives tasks. Raises NotFound."""
    found = await store.find(deps.db, task_id, tx=tx)
    return accessible(
        actor, found, Permission.GIVE_TASKS, at=lambda task: task.place, missing=MISSING
    )


async def get(deps: Dependencies, actor: Actor, task_id: str) -> TaskView:
    """One task. Raises NotFound."""
    return (await _shown(deps, [await access(deps, actor, task_id)]))[0]


async def listing(deps: Dependencies, actor: Actor, query: TasksQuery) -> Page[TaskView]:
    """Tasks that were given at my places, newest first. Raises Forbidden, NotFound."""
    page = await store.page(deps.db, scope_of(actor, Permission.GIVE_TASKS, query.place), query)
    return page.of(await _shown(deps, page.items))


async def withdraw(deps: Dependencies, actor: Actor, task_id: str) -> TaskView:
    """Withdraw a task: its open parts are closed by a job. Raises NotFound, TaskMovedOn."""

    async def save(tx: Transaction) -> Task:
        found = await access(deps, actor, task_id, tx=tx)
        row = TABLE.require(found.state, TaskAction.WITHDRAW, moved_on(found.state))
        changes = {"withdrawn_by": actor.person_id, "withdrawn_at": deps.now()}
        if not await store.move(deps.db, tx, found, TaskAction.WITHDRAW, changes):
            raise moved_on(found.state)
        await jobs.enqueue(deps, tx, WITHDRAW, found.id, task_id=found.id)
        act = TABLE.act(TaskAction.WITHDRAW)
        await audit.record(deps, tx, actor, act, place=found.place, subject=found.id)
        found.state = row.target or found.state
        return found

    return (await _shown(deps, [await deps.in_transaction(save)]))[0]


async def _shown(deps: Dependencies, found: Sequence[Task]) -> list[TaskView]:
    addresses = await places.addresses(deps, [task.place for task in found])
    return [
        show(task, TaskView, task_id=task.id, address=addresses.get(task.place, task.place))
        for task in found
    ]
