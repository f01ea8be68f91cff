"""State machine of an outage. The table is the specification.

Whether it runs follows from the clock: an announced one runs from its beginning on.
"""

from typing import Final

from msgspec import Struct

from services.kernel.acts import Act
from services.kernel.errors import Conflict
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class OutageState(Labelled):
    """State of an outage."""

    ANNOUNCED = "announced", "已通告"
    ENDED = "ended", "已恢复"
    CANCELLED = "cancelled", "已取消"


class OutageAction(Labelled):
    """What becomes of an outage."""

    POSTPONE = "postpone", "更改预计恢复时间"
    END = "end", "通告恢复"
    CANCEL = "cancel", "取消计划"


S, A, DISPATCH = OutageState, OutageAction, Permission.DISPATCH_REPAIRS
TABLE: Final = Table(
    S.ANNOUNCED,
    Transition(S.ANNOUNCED, A.POSTPONE, S.ANNOUNCED, DISPATCH, act=Act.OUTAGE_POSTPONED),
    Transition(S.ANNOUNCED, A.END, S.ENDED, DISPATCH, act=Act.OUTAGE_ENDED),
    Transition(S.ANNOUNCED, A.CANCEL, S.CANCELLED, DISPATCH, act=Act.OUTAGE_CANCELLED),
)


class OutageStateDetails(Struct, frozen=True, kw_only=True):
    """State the outage is in.

    `state`: State of the outage at this moment.
    """

    state: OutageState


class OutageMovedOn(Conflict):
    """The outage is over or was cancelled, or somebody changed it at the same moment."""

    code = "outage_moved_on"
    details_type = OutageStateDetails


def moved_on(state: OutageState) -> OutageMovedOn:
    return OutageMovedOn(f"这条通告现在是“{state.label}”,请刷新", state=state)
