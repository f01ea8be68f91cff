"""State machine of a request that money goes back. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class RefundRequestState(Labelled):
    ASKED = "asked", "等待另一人批准"
    APPROVED = "approved", "已批准,正在退回"
    DONE = "done", "已退回"
    REFUSED = "refused", "未批准"
    WITHDRAWN = "withdrawn", "已撤回"


class RefundRequestAction(StrEnum):
    APPROVE = auto()  # by somebody else than who asked
    REFUSE = auto()  # likewise; at the counter also what was approved and is not paid out
    WITHDRAW = auto()  # by who asked
    ARRIVE = auto()  # WeChat says that the money is back
    PAY_OUT = auto()  # somebody gave it back at the counter


S, A, P = RefundRequestState, RefundRequestAction, Permission

TABLE: Final = Table(
    S.ASKED,
    Transition(S.ASKED, A.APPROVE, S.APPROVED, P.RUN_BILLS, act=Act.REFUND_APPROVED),
    Transition(S.ASKED, A.REFUSE, S.REFUSED, P.RUN_BILLS, act=Act.REFUND_REFUSED),
    Transition(S.APPROVED, A.REFUSE, S.REFUSED, P.RUN_BILLS, act=Act.REFUND_REFUSED),
    Transition(S.ASKED, A.WITHDRAW, S.WITHDRAWN, own=True, act=Act.REFUND_WITHDRAWN),
    Transition(S.APPROVED, A.ARRIVE, S.DONE),
    Transition(S.APPROVED, A.PAY_OUT, S.DONE, P.REFUND_PAYMENTS, act=Act.REFUND_PAID_OUT),
)
