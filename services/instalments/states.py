"""State machine of an instalment agreement. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class InstalmentsState(Labelled):
    OFFERED = "offered", "等待业主同意"
    AGREED = "agreed", "等待另一人批准"  # in the app, or on paper
    KEPT = "kept", "履行中"
    BROKEN = "broken", "未按期缴纳,已终止"
    DONE = "done", "已缴清"
    DECLINED = "declined", "业主不同意"
    REFUSED = "refused", "未批准"
    LAPSED = "lapsed", "已过期"  # nobody agreed or approved before a part was due


class InstalmentsAction(StrEnum):
    AGREE = auto()  # by who owes it
    DECLINE = auto()
    APPROVE = auto()  # by somebody else than who offered it
    REFUSE = auto()  # also by who offered it: taken back
    BREAK = auto()  # the worker's: a part is not paid in time
    FINISH = auto()  # the worker's: all of it is paid
    LAPSE = auto()  # the worker's: a part was due before it was agreed and approved


S, A, P = InstalmentsState, InstalmentsAction, Permission.RUN_BILLS

TABLE: Final = Table(
    S.OFFERED,
    Transition(S.OFFERED, A.AGREE, S.AGREED, own=True, act=Act.INSTALMENTS_AGREED),
    Transition(S.OFFERED, A.DECLINE, S.DECLINED, own=True, act=Act.INSTALMENTS_DECLINED),
    Transition(S.AGREED, A.APPROVE, S.KEPT, P, act=Act.INSTALMENTS_APPROVED),
    Transition(S.OFFERED, A.REFUSE, S.REFUSED, P, act=Act.INSTALMENTS_REFUSED),
    Transition(S.AGREED, A.REFUSE, S.REFUSED, P, act=Act.INSTALMENTS_REFUSED),
    Transition(S.KEPT, A.BREAK, S.BROKEN),
    Transition(S.KEPT, A.FINISH, S.DONE),
    Transition(S.OFFERED, A.LAPSE, S.LAPSED),
    Transition(S.AGREED, A.LAPSE, S.LAPSED),
)
OPEN: Final = (S.OFFERED, S.AGREED, S.KEPT)
WAITING: Final = (S.OFFERED, S.AGREED)
