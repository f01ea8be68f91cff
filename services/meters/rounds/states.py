"""State machine of a round of metered bills. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.labels import Labelled
from services.kernel.states import Table, Transition


class MeterRoundState(Labelled):
    BILLING = "billing", "正在出账"
    BILLED = "billed", "已出账"


class MeterRoundAction(StrEnum):
    FINISH = auto()  # the worker's, behind the last meter


TABLE: Final = Table(
    MeterRoundState.BILLING,
    Transition(MeterRoundState.BILLING, MeterRoundAction.FINISH, MeterRoundState.BILLED),
)
