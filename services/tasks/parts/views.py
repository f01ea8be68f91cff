"""Views of the parts of a task: who sees them, and what one can do with them."""

from collections.abc import Sequence
from datetime import datetime

from services.cases import access as cases
from services.cases import history
from services.cases.timers.actions import comes_at
from services.dependencies import Dependencies, Transaction
from services.kernel.access import accessible
from services.kernel.permissions import Actor, Permission
from services.kernel.views import show
from services.places import actions as places
from services.tasks import store as tasks
from services.tasks.parts import store
from services.tasks.parts.kind import MISSING, TASK, barred
from services.tasks.parts.models import (
    NOTE,
    TaskHome,
    TaskHomeView,
    TaskPart,
    TaskPartView,
    WholeTaskPartView,
)
from services.tasks.parts.states import TABLE, TaskPartAction


async def access(
    deps: Dependencies, actor: Actor, part_id: str, *, tx: Transaction | None = None
) -> TaskPart:
    """Return a part of whoever holds its office, or one above it, at its place. NotFound."""
    found = accessible(
        actor,
        await store.find(deps.db, part_id, tx=tx),
        Permission.DO_TASKS,
        at=lambda part: part.place,
        missing=MISSING,
    )
    refused = barred(actor, found)
    if refused is not None:
        raise refused
    return found


async def whole(deps: Dependencies, actor: Actor, part: TaskPart) -> WholeTaskPartView:
    """View of one part, with what the community wrote."""
    task = await tasks.find(deps.db, part.task)
    [seen] = await shown(deps, actor, [part])
    because = await history.last_remark(deps, part.id, TaskPartAction.RETURN)
    return show(
        seen,
        WholeTaskPartView,
        text=task.text if task else "",
        returned_because=because if part.returned else None,
    )


async def shown(
    deps: Dependencies, actor: Actor, found: Sequence[TaskPart]
) -> list[TaskPartView]:
    """Views of parts, as the actor can act on them."""
    addresses = await places.addresses(deps, [part.place for part in found])
    return [
        show(
            part,
            TaskPartView,
            part_id=part.id,
            task_id=part.task,
            address=addresses.get(part.place, part.place),
            left=part.left,
            passes_at=_passes_at(part),
            steps=cases.steps_of(actor, TASK, part, deps.now(), party=None),
        )
        for part in found
    ]


def _passes_at(part: TaskPart) -> datetime | None:
    """Return when a part counts as accepted by itself; None for one that does not."""
    row = TABLE.find(part.state, TaskPartAction.PASS)
    return comes_at(part, row.due, part.entered_at or part.created_at) if row else None


async def homes(deps: Dependencies, found: Sequence[TaskHome]) -> list[TaskHomeView]:
    """Views of homes of a part."""
    addresses = await places.addresses(deps, [each.home for each in found])
    return [
        show(
            each,
            TaskHomeView,
            address=addresses.get(each.home, each.home),
            note=note_of(deps, each),
            by=each.role,
        )
        for each in found
    ]


def note_of(deps: Dependencies, home: TaskHome) -> str | None:
    """Return what was noted about a home; None for nothing."""
    sealed = home.note_sealed
    return NOTE.open(deps.vault, home.id, sealed) if sealed else None
