"""State machine of a delivery of cash. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class DeliveryState(Labelled):
    OFFERED = "offered", "待接收"  # who took the money counted it
    TAKEN = "taken", "已交接"  # somebody else counted the same
    WITHDRAWN = "withdrawn", "已撤回"


class DeliveryAction(StrEnum):
    TAKE = auto()
    WITHDRAW = auto()


S, A = DeliveryState, DeliveryAction

TABLE: Final = Table(
    S.OFFERED,
    Transition(S.OFFERED, A.TAKE, S.TAKEN, Permission.KEEP_CASH, act=Act.CASH_TAKEN),
    Transition(S.OFFERED, A.WITHDRAW, S.WITHDRAWN, own=True, act=Act.CASH_WITHDRAWN),
    along=lambda state: {"open": state is S.OFFERED},
)
