"""State machine of a promise to pay. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.documents import Document
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class PromiseState(Labelled):
    OPEN = "open", "等待缴费"
    KEPT = "kept", "已按约定缴清"
    BROKEN = "broken", "约定日已过"
    PAID_LATE = "paid_late", "约定日后缴清"
    CLOSED = "closed", "已了结"  # by the head: a mistake, or spoken about again
    LEFT = "left", "住户已搬离"


class PromiseAction(StrEnum):
    NOTE = auto()
    KEEP = auto()  # nothing is owed any more of what was owed then
    BREAK = auto()
    PAY_LATE = auto()  # the same, after the day
    CLOSE = auto()
    LEAVE = auto()


S, A, P = PromiseState, PromiseAction, Permission.PLAN_VISITS


def _along(state: PromiseState) -> Document:
    """Return whether a head has still something to do about it."""
    return {"waits": state in {S.OPEN, S.BROKEN}}


TABLE: Final = Table[PromiseState, PromiseAction](
    None,
    Transition(None, A.NOTE, S.OPEN, needs=P, act=Act.PROMISE_NOTED),
    Transition(S.OPEN, A.KEEP, S.KEPT),
    # Paid in time, and booked only after the day.
    Transition(S.BROKEN, A.KEEP, S.KEPT),
    Transition(S.OPEN, A.PAY_LATE, S.PAID_LATE),
    Transition(S.BROKEN, A.PAY_LATE, S.PAID_LATE),
    Transition(S.OPEN, A.BREAK, S.BROKEN, due="due_at"),
    Transition(S.OPEN, A.CLOSE, S.CLOSED, needs=P, act=Act.PROMISE_CLOSED),
    # Also with the next promise of the same home.
    Transition(S.BROKEN, A.CLOSE, S.CLOSED, needs=P, act=Act.PROMISE_CLOSED),
    Transition(S.OPEN, A.LEAVE, S.LEFT),
    Transition(S.BROKEN, A.LEAVE, S.LEFT),
    along=_along,
)
