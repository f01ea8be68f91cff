"""State machine of a task: its parts are made, then done by heads, or all are withdrawn."""

from typing import Final

from msgspec import Struct

from services.kernel.acts import Act
from services.kernel.errors import Conflict
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class TaskState(Labelled):
    SPREADING = "spreading", "正在下发"
    GIVEN = "given", "已下发"
    WITHDRAWN = "withdrawn", "已撤回"


class TaskAction(Labelled):
    SPREAD = "spread", "下发完毕"
    WITHDRAW = "withdraw", "撤回"


S, A, GIVE = TaskState, TaskAction, Permission.GIVE_TASKS

TABLE: Final = Table(
    S.SPREADING,
    Transition(S.SPREADING, A.SPREAD, S.GIVEN),
    Transition(S.SPREADING, A.WITHDRAW, S.WITHDRAWN, GIVE, act=Act.TASK_WITHDRAWN),
    Transition(S.GIVEN, A.WITHDRAW, S.WITHDRAWN, GIVE, act=Act.TASK_WITHDRAWN),
)


class TaskStateDetails(Struct, frozen=True, kw_only=True):
    """State the task is in.

    `state`: State of the task at this moment.
    """

    state: TaskState


class TaskMovedOn(Conflict):
    """The task was withdrawn before."""

    code = "task_moved_on"
    details_type = TaskStateDetails


def moved_on(state: TaskState) -> TaskMovedOn:
    return TaskMovedOn(f"这项任务现在是“{state.label}”,请刷新", state=state)
