"""State machine of a shared cost. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class SharedCostState(Labelled):
    PROPOSED = "proposed", "等待另一人批准"  # the shares are there to be looked at
    APPROVED = "approved", "正在出账"
    BILLED = "billed", "已出账"
    REFUSED = "refused", "未批准"


class SharedCostAction(StrEnum):
    APPROVE = auto()  # by somebody else than who proposed it
    REFUSE = auto()  # also by who proposed it: taken back
    BILL = auto()  # the worker's, with its last bill


S, A = SharedCostState, SharedCostAction

TABLE: Final = Table(
    S.PROPOSED,
    Transition(
        S.PROPOSED, A.APPROVE, S.APPROVED, Permission.RUN_BILLS, act=Act.SHARED_COST_APPROVED
    ),
    Transition(
        S.PROPOSED, A.REFUSE, S.REFUSED, Permission.RUN_BILLS, act=Act.SHARED_COST_REFUSED
    ),
    Transition(S.APPROVED, A.BILL, S.BILLED),
)
