"""State machine of a part of a task: this table is the specification."""

from datetime import timedelta
from typing import Final

from msgspec import Struct

from services.cases.kinds import Party, Step
from services.kernel.acts import Act
from services.kernel.errors import Conflict
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table


class TaskPartState(Labelled):
    OPEN = "open", "进行中"
    REPORTED = "reported", "已上报"  # the community looks at it
    ACCEPTED = "accepted", "已通过"
    WITHDRAWN = "withdrawn", "已撤回"


class TaskPartAction(Labelled):
    FINISH = "finish", "上报完成"  # by the head, with a reason for the homes that are left
    COMPLETE = "complete", "各户都已登记"  # the last home was answered
    ACCEPT = "accept", "通过"
    PASS = "pass", "七天没有退回,视为通过"
    RETURN = "return", "退回"
    WITHDRAW = "withdraw", "撤回"  # the whole task


S, A, P = TaskPartState, TaskPartAction, Permission
# In which homes can be answered and answers changed.
ANSWERABLE: Final = (S.OPEN, S.REPORTED)
# The product's own: who has a thousand parts to look at shall not have to touch each.
LOOKED_AT_WITHIN: Final = timedelta(days=7)
HANDS: Final = (Party.HOLDER,)

TABLE: Final = Table(
    S.OPEN,
    Step(S.OPEN, A.FINISH, S.REPORTED, P.DO_TASKS, act=Act.TASK_PART_FINISHED),
    Step(S.OPEN, A.COMPLETE, S.REPORTED),
    Step(S.REPORTED, A.ACCEPT, S.ACCEPTED, P.GIVE_TASKS, act=Act.TASK_PART_ACCEPTED),
    Step(S.REPORTED, A.PASS, S.ACCEPTED, due=LOOKED_AT_WITHIN),
    Step(
        S.REPORTED,
        A.RETURN,
        S.OPEN,
        P.GIVE_TASKS,
        act=Act.TASK_PART_RETURNED,
        tells=HANDS,
    ),
    Step(S.OPEN, A.WITHDRAW, S.WITHDRAWN, tells=HANDS),
    Step(S.REPORTED, A.WITHDRAW, S.WITHDRAWN, tells=HANDS),
)


class TaskPartStateDetails(Struct, frozen=True, kw_only=True):
    """State the part of the task is in.

    `state`: State of the part at this moment.
    """

    state: TaskPartState


class TaskPartMovedOn(Conflict):
    """The part is over or withdrawn, or somebody was first."""

    code = "task_part_moved_on"
    details_type = TaskPartStateDetails


def moved_on(state: TaskPartState) -> TaskPartMovedOn:
    return TaskPartMovedOn(f"这项任务现在是“{state.label}”,请刷新", state=state)
