"""State machine of a deposit. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class DepositState(Labelled):
    KEPT = "kept", "在押"
    ASKED = "asked", "退还待批准"
    APPROVED = "approved", "已批准,待退还"
    RETURNED = "returned", "已退还"
    DEDUCTED = "deducted", "已全部扣除"


class DepositAction(StrEnum):
    ASK = auto()
    APPROVE = auto()  # by somebody else than who asked
    DEDUCT = auto()  # as well: all of it is deducted, and nothing is left to give back
    REFUSE = auto()  # also by who asked: taken back
    PAY_OUT = auto()
    TAKE_BACK = auto()  # of an approval, while nothing was paid out


S, A, P = DepositState, DepositAction, Permission

TABLE: Final = Table(
    S.KEPT,
    Transition(S.KEPT, A.ASK, S.ASKED, P.REFUND_PAYMENTS, act=Act.DEPOSIT_RETURN_ASKED),
    Transition(S.ASKED, A.APPROVE, S.APPROVED, P.RUN_BILLS, act=Act.DEPOSIT_RETURN_APPROVED),
    Transition(S.ASKED, A.DEDUCT, S.DEDUCTED, P.RUN_BILLS, act=Act.DEPOSIT_RETURN_APPROVED),
    Transition(S.ASKED, A.REFUSE, S.KEPT, P.RUN_BILLS, act=Act.DEPOSIT_RETURN_REFUSED),
    Transition(S.APPROVED, A.PAY_OUT, S.RETURNED, P.REFUND_PAYMENTS, act=Act.DEPOSIT_RETURNED),
    Transition(
        S.APPROVED, A.TAKE_BACK, S.KEPT, P.RUN_BILLS, act=Act.DEPOSIT_APPROVAL_TAKEN_BACK
    ),
    Transition(
        S.DEDUCTED, A.TAKE_BACK, S.KEPT, P.RUN_BILLS, act=Act.DEPOSIT_APPROVAL_TAKEN_BACK
    ),
)
