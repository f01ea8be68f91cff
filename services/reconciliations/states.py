"""State machine of a merchant account's day. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class DayState(Labelled):
    WAITING = "waiting", "等待账单"  # WeChat's bills were not read yet
    FETCHED = "fetched", "等待结果"  # a refund is under way, or WeChat was not heard about one
    DIFFERING = "differing", "有差异"
    CLOSED = "closed", "已对平"  # for ever: it is not read again


class DayAction(StrEnum):
    WAIT = auto()
    DIFFER = auto()
    AGREE = auto()  # by itself: all sides say the same
    CLOSE = auto()  # by a person, who closed the differences


S, A = DayState, DayAction
TABLE: Final = Table(
    S.WAITING,
    Transition(S.WAITING, A.WAIT, S.FETCHED),
    Transition(S.FETCHED, A.WAIT, S.FETCHED),
    Transition(S.DIFFERING, A.WAIT, S.FETCHED),
    Transition(S.WAITING, A.DIFFER, S.DIFFERING),
    Transition(S.FETCHED, A.DIFFER, S.DIFFERING),
    Transition(S.DIFFERING, A.DIFFER, S.DIFFERING),
    Transition(S.WAITING, A.AGREE, S.CLOSED),
    Transition(S.FETCHED, A.AGREE, S.CLOSED),
    Transition(S.DIFFERING, A.AGREE, S.CLOSED),
    Transition(S.DIFFERING, A.CLOSE, S.CLOSED, needs=Permission.RECONCILE, act=Act.DAY_CLOSED),
)
OPEN: Final = (S.WAITING, S.FETCHED, S.DIFFERING)
