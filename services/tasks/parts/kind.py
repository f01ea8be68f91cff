"""Parts of tasks as a kind of case: with the head of a place, and above when nobody acts."""

from typing import Final

from mongo_indexes.task_parts import COLLECTION
from services.cases.kinds import Kind, Rung
from services.dependencies import Dependencies
from services.kernel import errors
from services.kernel.permissions import Actor, Role
from services.tasks.parts import notify, rungs, states
from services.tasks.parts.models import TaskPart
from services.tasks.parts.spans import FINISH
from services.tasks.parts.states import TABLE, TaskPartAction, TaskPartState
from services.tasks.retention import KEPT_FOR

MISSING: Final = "没有找到这项任务"
# Who hears that something of a head's is overdue, one rung after the other; parts of its time.
LADDER: Final = (
    Rung("楼栋长", (Role.BUILDING_HEAD,), 0.0),
    Rung("网格长", (Role.GRID_HEAD,), 0.1),
    Rung("社区", (Role.COMMUNITY_STAFF,), 0.2),
)


async def _hands(deps: Dependencies, part: TaskPart) -> set[str]:
    found = await rungs.hands_of(deps, [(part.place, part.role)])
    return set(found[part.place, part.role].people)


def barred(actor: Actor, part: TaskPart) -> Exception | None:
    """Return why somebody takes no step: to lower offices the part of a higher is not there."""
    if rungs.reaches(actor, part.place, part.role):
        return None
    return errors.NotFound(MISSING)


TASK: Final = Kind(
    name="task",
    label="任务",
    begins="下达",
    collection=COLLECTION,
    model=TaskPart,
    table=TABLE,
    missing=MISSING,
    moved_on=lambda part: states.moved_on(part.state),
    barred=barred,
    own=lambda _part: [],
    hands=_hands,
    goals={TaskPartState.OPEN: FINISH},
    ladder=LADDER,
    offers=lambda part, action: not (part.returned and action is TaskPartAction.RETURN),
    photos_kept_for=KEPT_FOR,
    without_photos=lambda _part: {},
    tell=notify.tell,
)
