"""State machine of a hand-over's list. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.states import Table, Transition


class HandOverState(Labelled):
    OFFERED = "offered", "待接收"
    REPLACED = "replaced", "已被替换"  # a newer list was made
    RECEIVED = "received", "已接收"


class HandOverAction(StrEnum):
    OFFER = auto()
    REPLACE = auto()
    RECEIVE = auto()


S, A = HandOverState, HandOverAction
TABLE: Final = Table[HandOverState, HandOverAction](
    None,
    # by the head, then by the next one; or for them by who answers for the place
    Transition(None, A.OFFER, S.OFFERED, own=True, act=Act.HANDED_OVER),
    Transition(S.OFFERED, A.RECEIVE, S.RECEIVED, own=True, act=Act.HAND_OVER_RECEIVED),
    Transition(S.OFFERED, A.REPLACE, S.REPLACED),
)
