"""State machine of a bill. The table is the specification."""

from enum import StrEnum, auto
from typing import Final

from services.kernel.acts import Act
from services.kernel.labels import Labelled
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition


class BillState(Labelled):
    DRAFT = "draft", "未发布"  # seen by staff only
    OWING = "owing", "待缴"
    PAID = "paid", "已缴"
    VOID = "void", "已作废"


class BillAction(StrEnum):
    ISSUE = auto()
    SETTLE = auto()
    REOPEN = auto()  # what paid it was given back outside of the product
    VOID = auto()
    DISCARD = auto()


B, BA = BillState, BillAction

TABLE: Final = Table(
    B.DRAFT,
    Transition(B.DRAFT, BA.ISSUE, B.OWING),
    Transition(B.DRAFT, BA.DISCARD, None),  # it was never anybody's debt
    Transition(B.OWING, BA.SETTLE, B.PAID),
    Transition(B.PAID, BA.REOPEN, B.OWING),
    Transition(B.OWING, BA.VOID, B.VOID, needs=Permission.RUN_BILLS, act=Act.BILL_VOIDED),
)
