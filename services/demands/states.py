"""State machine of a demand. The table is the specification.

What a demand says never changes; only what became of it is added, once.
"""

from enum import StrEnum, auto
from typing import Final

from services.kernel.labels import Labelled
from services.kernel.states import Table, Transition


class DemandState(Labelled):
    SENT = "sent", "已发出"  # WeChat has not said yet what became of it
    ARRIVED = "arrived", "已送达"
    MISSED = "missed", "未送达"


class DemandAction(StrEnum):
    SEND = auto()  # a message to who owes
    HAND_OVER = auto()  # a letter that somebody took or found, or a talk at the door
    ARRIVE = auto()
    MISS = auto()


S, A = DemandState, DemandAction
TABLE: Final = Table[DemandState, DemandAction](
    None,
    Transition(None, A.SEND, S.SENT),
    Transition(None, A.HAND_OVER, S.ARRIVED),
    Transition(S.SENT, A.ARRIVE, S.ARRIVED),
    Transition(S.SENT, A.MISS, S.MISSED),
)
