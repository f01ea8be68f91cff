"""State machine of a discrepancy. The table is the specification."""

from enum import StrEnum, auto
from typing import Final, NamedTuple


class DiscrepancyState(StrEnum):
    OPEN = auto()
    EXPLAINED = auto()  # WeChat, asked, says what we say
    IN_SUSPENSE = auto()  # WeChat, asked, confirms it: the money waits for a person
    RETURNING = auto()  # a refund of it is under way
    RETURNED = auto()


class DiscrepancyEvent(StrEnum):
    EXPLAIN = auto()
    SUSPEND = auto()
    REFUND = auto()  # a person sends the money back
    ARRIVE = auto()  # it reached whoever had paid it
    EMPTY = auto()  # all of it went back without us: a person looks why
    DOUBT = auto()  # WeChat said something that does not fit, once more


class DiscrepancyMove(NamedTuple):
    source: DiscrepancyState
    target: DiscrepancyState


S, E = DiscrepancyState, DiscrepancyEvent
MOVES: Final[dict[DiscrepancyEvent, DiscrepancyMove]] = {
    E.EXPLAIN: DiscrepancyMove(S.OPEN, S.EXPLAINED),
    E.SUSPEND: DiscrepancyMove(S.OPEN, S.IN_SUSPENSE),
    E.REFUND: DiscrepancyMove(S.IN_SUSPENSE, S.RETURNING),
    E.ARRIVE: DiscrepancyMove(S.RETURNING, S.RETURNED),
    E.EMPTY: DiscrepancyMove(S.IN_SUSPENSE, S.OPEN),
    E.DOUBT: DiscrepancyMove(S.EXPLAINED, S.OPEN),
}
# What waits for a person.
WAITING: Final = (S.OPEN, S.IN_SUSPENSE)
