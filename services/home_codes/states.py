"""States of a home code: open, then used or revoked."""

from enum import StrEnum, auto


class CodeState(StrEnum):
    """State of a printed code. That it ran out is no state: its time says so."""

    OPEN = auto()
    USED = auto()
    REVOKED = auto()
