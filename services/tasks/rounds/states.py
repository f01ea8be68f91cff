"""State machines of plans of rounds, and of the round of one head."""

from typing import Final

from msgspec import Struct

from services.cases.kinds import Step
from services.kernel.acts import Act
from services.kernel.errors import Conflict
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class RoundPlanState(Labelled):
    ACTIVE = "active", "使用中"
    ENDED = "ended", "已停用"


class RoundPlanAction(Labelled):
    END = "end", "停用"


class RoundState(Labelled):
    OPEN = "open", "待巡查"
    DONE = "done", "已完成"
    MISSED = "missed", "未巡查"  # nobody made it, and the next one comes


class RoundAction(Labelled):
    FINISH = "finish", "完成巡查"
    LAPSE = "lapse", "过期未巡查"


P = Permission

PLANS: Final = Table(
    RoundPlanState.ACTIVE,
    Transition(
        RoundPlanState.ACTIVE,
        RoundPlanAction.END,
        RoundPlanState.ENDED,
        P.GIVE_TASKS,
        act=Act.ROUND_PLAN_ENDED,
    ),
)
TABLE: Final = Table(
    RoundState.OPEN,
    Step(
        RoundState.OPEN,
        RoundAction.FINISH,
        RoundState.DONE,
        P.DO_TASKS,
        act=Act.ROUND_FINISHED,
    ),
    Step(RoundState.OPEN, RoundAction.LAPSE, RoundState.MISSED, due="lapses_at"),
)


class PlanEnded(Conflict):
    """The plan was ended before."""

    code = "round_plan_ended"


class RoundStateDetails(Struct, frozen=True, kw_only=True):
    """State the round is in.

    `state`: State of the round at this moment.
    """

    state: RoundState


class RoundMovedOn(Conflict):
    """The round is over."""

    code = "round_moved_on"
    details_type = RoundStateDetails


def moved_on(state: RoundState) -> RoundMovedOn:
    return RoundMovedOn(f"这次巡查现在是“{state.label}”,请刷新", state=state)
