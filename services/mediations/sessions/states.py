"""State machine of a session of a mediation: this table is the specification."""

from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class SessionState(Labelled):
    PLANNED = "planned", "已安排"
    HELD = "held", "已进行"
    CANCELLED = "cancelled", "已取消"


class SessionAction(Labelled):
    HOLD = "hold", "记录"
    CANCEL = "cancel", "取消"


S, A, MEDIATE = SessionState, SessionAction, Permission.MEDIATE
TABLE: Final = Table(
    S.PLANNED,
    Transition(S.PLANNED, A.HOLD, S.HELD, MEDIATE, act=Act.MEDIATION_SESSION_HELD),
    Transition(S.PLANNED, A.CANCEL, S.CANCELLED, MEDIATE, act=Act.MEDIATION_SESSION_CANCELLED),
)
