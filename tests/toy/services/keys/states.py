"""State machine of a loan of a key. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class LoanState(Labelled):
    """State of a loan."""

    LENT = "lent", "已借出"
    OVERDUE = "overdue", "逾期未还"
    RETURNED = "returned", "已归还"


class LoanAction(StrEnum):
    RETURN = auto()
    REMIND = auto()  # the day to bring it back is over


P, S, A = Permission, LoanState, LoanAction
TABLE: Final = Table(
    S.LENT,
    Transition(S.LENT, A.REMIND, S.OVERDUE, due="back_on"),
    Transition(S.LENT, A.RETURN, S.RETURNED, needs=P.LEND_KEYS, act=Act.KEY_RETURNED),
    Transition(S.OVERDUE, A.RETURN, S.RETURNED, needs=P.LEND_KEYS, act=Act.KEY_RETURNED),
)


class KeyReturned(errors.Conflict):
    """The key was brought back already."""

    code = "key_returned"
