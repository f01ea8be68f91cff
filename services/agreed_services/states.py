"""State machine of an agreed service. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class ServiceState(Labelled):
    PROPOSED = "proposed", "等待另一人核对"
    OPEN = "open", "征求业主意见"
    AGREED = "agreed", "已约定"
    REFUSED = "refused", "未达成约定"
    WITHDRAWN = "withdrawn", "已撤回"
    ENDED = "ended", "已结束"


class ServiceAction(StrEnum):
    OPEN = auto()  # by somebody else than who proposed it
    WITHDRAW = auto()
    AGREE = auto()  # the worker's, after the last day for answers
    REFUSE = auto()  # the worker's, as well
    END = auto()
    FINISH = auto()  # the worker's, with the bills of the last month


S, A, RUNS = ServiceState, ServiceAction, Permission.RUN_BILLS

TABLE: Final = Table(
    S.PROPOSED,
    Transition(S.PROPOSED, A.OPEN, S.OPEN, RUNS, act=Act.AGREED_SERVICE_OPENED),
    Transition(S.PROPOSED, A.WITHDRAW, S.WITHDRAWN, RUNS, act=Act.AGREED_SERVICE_WITHDRAWN),
    Transition(S.OPEN, A.WITHDRAW, S.WITHDRAWN, RUNS, act=Act.AGREED_SERVICE_WITHDRAWN),
    Transition(S.OPEN, A.AGREE, S.AGREED, due="closes_at"),
    Transition(S.OPEN, A.REFUSE, S.REFUSED, due="closes_at"),
    Transition(S.AGREED, A.END, S.ENDED, RUNS, act=Act.AGREED_SERVICE_ENDED),
    Transition(S.AGREED, A.FINISH, S.ENDED),
)
