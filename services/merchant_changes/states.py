"""State machine of a change of a merchant account. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class ChangeState(Labelled):
    PROPOSED = "proposed", "等待另一人批准"
    APPROVED = "approved", "已批准"
    REFUSED = "refused", "未批准"


class ChangeAction(StrEnum):
    APPROVE = auto()  # by somebody else than who proposed it
    REFUSE = auto()  # also by who proposed it: taken back


S, A = ChangeState, ChangeAction

TABLE: Final = Table(
    S.PROPOSED,
    Transition(
        S.PROPOSED, A.APPROVE, S.APPROVED, Permission.MANAGE_PAYEES, act=Act.MERCHANT_CHANGED
    ),
    Transition(
        S.PROPOSED, A.REFUSE, S.REFUSED, Permission.MANAGE_PAYEES, act=Act.MERCHANT_REFUSED
    ),
    along=lambda state: {} if state is S.PROPOSED else {"keys": ""},
)
