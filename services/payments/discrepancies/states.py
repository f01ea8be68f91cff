"""State machine of a discrepancy. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class DiscrepancyState(Labelled):
    OPEN = "open", "待核对"
    EXPLAINED = "explained", "已查明"  # WeChat, asked, says what we say
    IN_SUSPENSE = (
        "in_suspense",
        "待处理",
    )  # WeChat, asked, confirms it: the money waits for a person
    RETURNING = "returning", "正在退回"  # a refund of it is under way
    RETURNED = "returned", "已退回"


class DiscrepancyEvent(StrEnum):
    EXPLAIN = auto()
    SUSPEND = auto()
    REFUND = auto()  # a person sends the money back
    ARRIVE = auto()  # it reached whoever had paid it
    EMPTY = auto()  # all of it went back without us: a person looks why
    DOUBT = auto()  # WeChat said something that does not fit, once more


S, E = DiscrepancyState, DiscrepancyEvent
TABLE: Final = Table(
    S.OPEN,
    Transition(S.OPEN, E.EXPLAIN, S.EXPLAINED),
    Transition(S.OPEN, E.SUSPEND, S.IN_SUSPENSE),
    Transition(
        S.IN_SUSPENSE,
        E.REFUND,
        S.RETURNING,
        needs=Permission.OPERATE,
        act=Act.SUSPENSE_RETURNED,
    ),
    Transition(S.RETURNING, E.ARRIVE, S.RETURNED),
    Transition(S.IN_SUSPENSE, E.EMPTY, S.OPEN),
    Transition(S.EXPLAINED, E.DOUBT, S.OPEN),
)
# What waits for a person.
WAITING: Final = (S.OPEN, S.IN_SUSPENSE)
