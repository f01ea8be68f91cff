"""State machine of a return of prepaid money. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class ReturnState(Labelled):
    ASKED = "asked", "等待另一人批准"
    APPROVED = "approved", "已批准,待领取"
    DONE = "done", "已退还"
    REFUSED = "refused", "未退还"
    WITHDRAWN = "withdrawn", "已撤回"


class ReturnAction(StrEnum):
    APPROVE = auto()  # by somebody else than who asked: the money pays no bill any more
    REFUSE = auto()  # likewise; also what was approved and nobody fetched
    WITHDRAW = auto()  # by who asked
    PAY_OUT = auto()  # somebody handed it out at the counter


S, A, P = ReturnState, ReturnAction, Permission

TABLE: Final = Table(
    S.ASKED,
    Transition(S.ASKED, A.APPROVE, S.APPROVED, P.RUN_BILLS, act=Act.RETURN_APPROVED),
    Transition(S.ASKED, A.REFUSE, S.REFUSED, P.RUN_BILLS, act=Act.RETURN_REFUSED),
    Transition(S.APPROVED, A.REFUSE, S.REFUSED, P.RUN_BILLS, act=Act.RETURN_REFUSED),
    Transition(S.ASKED, A.WITHDRAW, S.WITHDRAWN, own=True, act=Act.RETURN_WITHDRAWN),
    Transition(S.APPROVED, A.PAY_OUT, S.DONE, P.REFUND_PAYMENTS, act=Act.RETURN_PAID_OUT),
)
