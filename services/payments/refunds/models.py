"""Refunds: what is kept and seen of them."""

from datetime import datetime
from typing import Final

from msgspec import Struct, field

from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.money import Fen
from services.kernel.pages import ShortListQuery
from services.kernel.types import Id
from services.payments.models import Line
from services.payments.refunds.states import RefundState

JOB: Final = "payments.refund"  # the name of the job that follows a refund


class Refund(Struct, kw_only=True):
    """Money on its way back to whoever paid it.

    `number` is its out_refund_no: the same however often it is asked for. Only after WeChat
    closed a number does a person give it the next one. `lines`: what of it bills owe again
    once it arrived, of a refund by hand; `request`: who asked for that, and `paid_by`: the
    journal of the payment.
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
    source: str  # the ledger account it is taken from; "" for bills
    lines: list[Line] = []
    request: str = ""
    paid_by: str = ""
    reason: str
    body: bytes = b""  # the exact request under this number: repeated byte by byte
    state: RefundState = RefundState.REQUESTED
    open: bool = True
    refund_id: str | None = None
    requested_at: datetime
    settled_at: datetime | None = None
    billed_on: Day | None = None  # the day of WeChat's trade bill that has it

    @property
    def job_key(self) -> str:
        """The key of its job; every time a person sends it again it has another one."""
        return f"{self.id}:{self.tries}"


class RefundSort(Labelled):
    OLDEST = "oldest", "最早在前"
    NEWEST = "newest", "最新在前"


class RefundsQuery(ShortListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which refunds to list.

    `state`: How far they are; without it those that wait for a person.
    `account`: Key of the payee's merchant account; all without it.
    `requested_from`: First day on which they were asked for.
    `requested_to`: Last day on which they were asked for.
    `sort`: Order of the list.
    """

    state: RefundState | None = None
    account: Id | None = None
    requested_from: Day | None = None
    requested_to: Day | None = None
    sort: RefundSort = RefundSort.OLDEST


class RefundView(Struct, kw_only=True):
    """Money on its way back.

    `refund_id`: Opaque id of the refund.
    `number`: Number of the refund at WeChat.
    `payment_id`: Id of the payment that is refunded.
    `account`: Key of the payee's merchant account.
    `amount_fen`: What is refunded, in fen.
    `reason`: Why, as the payer reads it.
    `state`: How far the refund is.
    `problem`: What WeChat said when it did not work; empty when it did.
    `requested_at`: When the refund was asked for.
    """

    refund_id: str
    number: str
    payment_id: str
    account: str
    amount_fen: int
    reason: str
    state: RefundState
    problem: str
    requested_at: datetime
