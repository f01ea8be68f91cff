"""State machine of a reminder letter (催缴通知书). The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.errors import Conflict
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class DemandLetterState(Labelled):
    MADE = "made", "待送达"
    DELIVERED = "delivered", "已送达"
    UNDELIVERED = "undelivered", "无法送达"


class LetterAction(StrEnum):
    MAKE = auto()
    DELIVER = auto()
    GIVE_UP = auto()  # nobody was there, or nobody took it


S, A, P = DemandLetterState, LetterAction, Permission.VIEW_UNPAID
TABLE: Final = Table[DemandLetterState, LetterAction](
    None,
    Transition(None, A.MAKE, S.MADE),
    Transition(S.MADE, A.DELIVER, S.DELIVERED, P, act=Act.DEMAND_LETTER_DELIVERED),
    Transition(S.MADE, A.GIVE_UP, S.UNDELIVERED, P, act=Act.DEMAND_LETTER_DELIVERED),
)


class LetterMovedOn(Conflict):
    """It is said already what became of the letter."""

    code = "demand_letter_moved_on"


class LetterSettled(Conflict):
    """Nothing of what the letter asks for is owed any more: it is not handed over."""

    code = "demand_letter_settled"
