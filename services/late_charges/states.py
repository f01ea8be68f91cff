"""State machine of late charges that are to be billed. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class LateFeesState(Labelled):
    PROPOSED = "proposed", "等待另一人批准"  # each amount is there to be looked at
    APPROVED = "approved", "正在出账"
    BILLED = "billed", "已出账"
    REFUSED = "refused", "未批准"


class LateFeesAction(StrEnum):
    APPROVE = auto()  # by somebody else than who proposed them
    REFUSE = auto()  # also by who proposed them: taken back
    BILL = auto()  # the worker's, with the last bill


# By these a home that was left out is not charged for their days any more.
DECIDED: Final = (LateFeesState.APPROVED, LateFeesState.BILLED)
OPEN: Final = (LateFeesState.PROPOSED, LateFeesState.APPROVED)
S, A, P = LateFeesState, LateFeesAction, Permission.RUN_BILLS

TABLE: Final = Table(
    S.PROPOSED,
    Transition(S.PROPOSED, A.APPROVE, S.APPROVED, P, act=Act.LATE_FEES_APPROVED),
    Transition(S.PROPOSED, A.REFUSE, S.REFUSED, P, act=Act.LATE_FEES_REFUSED),
    Transition(S.APPROVED, A.BILL, S.BILLED),
)
