"""State machine of a day of WeChat's trade bill. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.states import Table, Transition


class TradeBillState(StrEnum):
    DIFFERS = auto()  # read; something in it or in the books has no counterpart yet
    MATCHED = auto()  # counts and sums agree: it is not read again by itself


class TradeBillAction(StrEnum):
    AGREE = auto()
    DIFFER = auto()  # read once more, because a refund was under way the first time


S, A = TradeBillState, TradeBillAction
TABLE: Final = Table(
    S.DIFFERS,
    Transition(S.DIFFERS, A.AGREE, S.MATCHED),
    Transition(S.MATCHED, A.DIFFER, S.DIFFERS),
)
