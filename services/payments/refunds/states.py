"""State machine of a refund. The table is the specification."""

from enum import StrEnum, auto
from typing import Final


class RefundState(StrEnum):
    REQUESTED = auto()
    SENT = auto()  # WeChat accepted it; the money is on its way
    DONE = auto()
    FAILED = auto()  # WeChat says it never will; a person sends it once more
    ABNORMAL = auto()  # the payer's card cannot take it; a person mends it at WeChat


REFUND_OPEN: Final = frozenset({RefundState.REQUESTED, RefundState.SENT, RefundState.ABNORMAL})
# What waits for a person.
REFUND_STUCK: Final = frozenset({RefundState.FAILED, RefundState.ABNORMAL})
# target → sources. Done is for ever; only a person takes a refund out of failed.
REFUND_MOVES: Final[dict[RefundState, frozenset[RefundState]]] = {
    RefundState.REQUESTED: frozenset({RefundState.FAILED}),
    RefundState.SENT: frozenset({RefundState.REQUESTED, RefundState.ABNORMAL}),
    RefundState.DONE: REFUND_OPEN,
    RefundState.FAILED: REFUND_OPEN,
    RefundState.ABNORMAL: frozenset({RefundState.REQUESTED, RefundState.SENT}),
}
