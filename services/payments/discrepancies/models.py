"""Discrepancies with WeChat Pay: what is kept and seen of them."""

from datetime import datetime
from enum import StrEnum, auto

from msgspec import Struct, field

from services.payments.discrepancies.states import DiscrepancyState


class Doubt(StrEnum):
    """How something WeChat said does not fit what we wrote down."""

    UNKNOWN_ORDER = auto()
    OTHER_ACCOUNT = auto()  # the order belongs to another payee
    OTHER_MERCHANT = auto()
    OTHER_APP = auto()
    AMOUNT = auto()
    CURRENCY = auto()
    TRADE_TYPE = auto()
    NOT_SUCCESS = auto()
    SECOND_TRANSACTION = auto()


class Discrepancy(Struct, kw_only=True):
    """A difference with WeChat about one order, with a state and never a shrug.

    `amount_fen`: what a notice claims; once in suspense, what WeChat confirmed.
    """

    id: str = field(name="_id")  # account:out_trade_no
    account: str
    doubts: list[Doubt]
    out_trade_no: str
    transaction_id: str
    amount_fen: int
    expected_fen: int | None
    state: DiscrepancyState = DiscrepancyState.OPEN
    found_at: datetime
    settled_at: datetime | None = None


class DiscrepancyView(Struct, kw_only=True):
    """`amount_fen`: what WeChat says; `expected_fen`: what we wrote down, if anything."""

    discrepancy_id: str
    account: str
    doubts: list[Doubt]
    out_trade_no: str
    transaction_id: str
    amount_fen: int
    expected_fen: int | None
    state: DiscrepancyState
    found_at: datetime


def discrepancy_id(account: str, out_trade_no: str) -> str:
    return f"{account}:{out_trade_no}"
