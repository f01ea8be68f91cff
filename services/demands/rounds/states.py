"""State machine of a round of demands. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class DemandRoundState(Labelled):
    GATHERING = "gathering", "正在核对欠费"
    DONE = "done", "已完成"


class RoundAction(StrEnum):
    START = auto()
    PLAN = auto()  # by a rule, at its day
    FINISH = auto()


S, A = DemandRoundState, RoundAction
TABLE: Final = Table[DemandRoundState, RoundAction](
    None,
    Transition(None, A.START, S.GATHERING, Permission.SEND_DEMANDS, act=Act.DEMANDS_STARTED),
    Transition(None, A.PLAN, S.GATHERING),
    Transition(S.GATHERING, A.FINISH, S.DONE),
)
