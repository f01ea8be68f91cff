"""State machine of a difference of a day. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class DifferenceState(Labelled):
    OPEN = "open", "待处理"
    EXPLAINED = "explained", "已一致"  # the sides agree by now
    CREDITED = "credited", "已补记"  # the books lacked it, and have it by the usual path
    CLOSED = "closed", "已处理"  # by a person, with a reason


class DifferenceAction(StrEnum):
    TAKE = auto()  # somebody deals with it
    EXPLAIN = auto()
    CREDIT = auto()
    CLOSE = auto()
    REAPPEAR = auto()  # the day was compared again: it differs, or in another way


S, A, P = DifferenceState, DifferenceAction, Permission.RECONCILE
TABLE: Final = Table(
    S.OPEN,
    Transition(S.OPEN, A.TAKE, S.OPEN, needs=P, act=Act.DIFFERENCE_TAKEN),
    Transition(S.OPEN, A.EXPLAIN, S.EXPLAINED),
    Transition(S.OPEN, A.CREDIT, S.CREDITED),
    Transition(S.OPEN, A.CLOSE, S.CLOSED, needs=P, act=Act.DIFFERENCE_CLOSED),
    Transition(S.EXPLAINED, A.REAPPEAR, S.OPEN),
    Transition(S.CREDITED, A.REAPPEAR, S.OPEN),
    Transition(S.CLOSED, A.REAPPEAR, S.OPEN),
)
