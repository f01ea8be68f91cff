"""State machine of a fee reduction. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.errors import Conflict
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class ReductionState(Labelled):
    REQUESTED = "requested", "等待决定"
    GRANTED = "granted", "已通过"
    REFUSED = "refused", "未通过"
    WITHDRAWN = "withdrawn", "已撤回"
    ENDED = "ended", "已提前结束"  # lived in again, or the reason fell away


class ReductionAction(StrEnum):
    ASK = auto()  # by an owner
    ENTER = auto()  # by staff, for an owner
    GRANT = auto()
    REFUSE = auto()
    WITHDRAW = auto()
    GIVE_UP = auto()  # by whose request it was
    END = auto()  # by who may decide
    CLOSE = auto()  # whoever asked closes the account


S, A = ReductionState, ReductionAction
OWNS, ENTERS, DECIDES = (
    Permission.MANAGE_HOME,
    Permission.ENTER_REDUCTIONS,
    Permission.DECIDE_REDUCTIONS,
)
# What bills were or are reduced by.
GRANTED: Final = (S.GRANTED, S.ENDED)

TABLE: Final = Table[ReductionState, ReductionAction](
    None,
    Transition(None, A.ASK, S.REQUESTED, OWNS, act=Act.FEE_REDUCTION_ASKED),
    Transition(None, A.ENTER, S.REQUESTED, ENTERS, act=Act.FEE_REDUCTION_ENTERED),
    Transition(S.REQUESTED, A.GRANT, S.GRANTED, DECIDES, act=Act.FEE_REDUCTION_DECIDED),
    Transition(S.REQUESTED, A.REFUSE, S.REFUSED, DECIDES, act=Act.FEE_REDUCTION_DECIDED),
    Transition(S.REQUESTED, A.WITHDRAW, S.WITHDRAWN, own=True, act=Act.FEE_REDUCTION_WITHDRAWN),
    Transition(S.REQUESTED, A.CLOSE, S.WITHDRAWN),
    Transition(S.GRANTED, A.GIVE_UP, S.ENDED, own=True, act=Act.FEE_REDUCTION_GIVEN_UP),
    Transition(S.GRANTED, A.END, S.ENDED, DECIDES, act=Act.FEE_REDUCTION_ENDED),
    along=lambda state: {} if state is S.REQUESTED else {"open_key": None},
)


class ReductionMovedOn(Conflict):
    """The request was decided, withdrawn or ended before."""

    code = "fee_reduction_moved_on"
