"""State machine of a pause of demands. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.errors import Conflict
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class DemandPauseState(Labelled):
    SET = "set", "暂停中"
    LIFTED = "lifted", "已恢复"


class PauseAction(StrEnum):
    SET = auto()
    LIFT = auto()


S, A, P = DemandPauseState, PauseAction, Permission.PAUSE_DEMANDS
TABLE: Final = Table[DemandPauseState, PauseAction](
    None,
    Transition(None, A.SET, S.SET, P, act=Act.DEMANDS_PAUSED),
    Transition(S.SET, A.LIFT, S.LIFTED, P, act=Act.DEMANDS_RESUMED),
)


class PauseLifted(Conflict):
    """The pause was lifted already."""

    code = "demand_pause_lifted"
