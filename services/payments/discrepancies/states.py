"""States of a discrepancy."""

from enum import StrEnum, auto


class DiscrepancyState(StrEnum):
    OPEN = auto()
    EXPLAINED = auto()  # WeChat, asked, says what we say
    IN_SUSPENSE = auto()  # WeChat, asked, confirms it: the money waits for a person
    RETURNING = auto()  # a refund of it is under way
    RETURNED = auto()
