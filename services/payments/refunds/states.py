"""State machine of a refund. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class RefundState(Labelled):
    REQUESTED = "requested", "已申请"
    SENT = "sent", "已提交微信"  # WeChat accepted it; the money is on its way
    DONE = "done", "已完成"
    FAILED = "failed", "未成功"  # WeChat says it never will; a person sends it once more
    ABNORMAL = "abnormal", "待人工处理"  # the payer's card does not take it: mended at WeChat


class RefundAction(StrEnum):
    RETRY = auto()  # a person sends a failed one once more
    ASK = auto()  # a person mended an abnormal one at WeChat: how does it stand?
    ACCEPT = auto()
    ARRIVE = auto()
    FAIL = auto()
    HANG = auto()  # the payer's card does not take it


S, A = RefundState, RefundAction
REFUND_OPEN: Final = frozenset({S.REQUESTED, S.SENT, S.ABNORMAL})
# What waits for a person.
REFUND_STUCK: Final = frozenset({S.FAILED, S.ABNORMAL})

# Done is for ever. A failed refund is sent again by a person; that its money arrived all the
# same, by an earlier try, WeChat may still say.
TABLE: Final = Table(
    S.REQUESTED,
    Transition(S.FAILED, A.RETRY, S.REQUESTED, Permission.OPERATE, act=Act.REFUND_RETRIED),
    Transition(S.ABNORMAL, A.ASK, S.SENT, Permission.OPERATE, act=Act.REFUND_RETRIED),
    Transition(S.REQUESTED, A.ACCEPT, S.SENT),
    Transition(S.ABNORMAL, A.ACCEPT, S.SENT),
    Transition(S.REQUESTED, A.ARRIVE, S.DONE),
    Transition(S.SENT, A.ARRIVE, S.DONE),
    Transition(S.ABNORMAL, A.ARRIVE, S.DONE),
    Transition(S.FAILED, A.ARRIVE, S.DONE),
    Transition(S.REQUESTED, A.FAIL, S.FAILED),
    Transition(S.SENT, A.FAIL, S.FAILED),
    Transition(S.ABNORMAL, A.FAIL, S.FAILED),
    Transition(S.REQUESTED, A.HANG, S.ABNORMAL),
    Transition(S.SENT, A.HANG, S.ABNORMAL),
    along=lambda state: {"open": state in REFUND_OPEN},
)
