"""Refunds: what is kept and seen of them."""

from datetime import datetime

from msgspec import Struct, field

from services.kernel.money import Fen
from services.payments.refunds.states import RefundState


class Refund(Struct, kw_only=True):
    """Money on its way back.

    `number` is its out_refund_no: the same however often it is asked for. Only after WeChat
    closed a number does a person give it the next one.
    """

    id: str = field(name="_id")
    number: str
    tries: int = 0  # how often a person sent it again
    problem: str = ""
    payment: str  # out_trade_no at WeChat
    person: str | None
    account: str
    transaction_id: str
    amount_fen: Fen
    total_fen: Fen  # of the transaction
    source: str  # the ledger account it is taken from
    reason: str
    state: RefundState = RefundState.REQUESTED
    open: bool = True
    refund_id: str | None = None
    requested_at: datetime
    settled_at: datetime | None = None


class RefundView(Struct, kw_only=True):
    """`problem`: what WeChat said when it did not work."""

    refund_id: str
    number: str
    payment_id: str
    account: str
    amount_fen: int
    reason: str
    state: RefundState
    problem: str
    requested_at: datetime
