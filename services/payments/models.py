from datetime import datetime
from enum import StrEnum, auto
from typing import Annotated

from msgspec import Meta, Struct, field

from services.fees.models import FeeKind
from services.kernel.days import Month
from services.kernel.money import Fen
from services.kernel.paths import smallest_around
from services.payments.states import PaymentState, RefundState

MAX_BILLS = 50


class Line(Struct, frozen=True, kw_only=True):
    """One bill inside an order, as it was when the order was made."""

    bill_id: str
    home: str
    kind: FeeKind
    period: Month
    explanation: str
    amount_fen: Fen


class Payment(Struct, kw_only=True):
    """One order at WeChat. Its id is its out_trade_no, fixed before WeChat is asked."""

    id: str = field(name="_id")
    person: str
    account: str  # the payee's merchant account key
    payee_name: str
    lines: list[Line]
    bill_ids: list[str]
    amount_fen: Fen
    state: PaymentState = PaymentState.CREATED
    open: bool = True
    body: bytes  # the exact prepay request: repeated byte by byte or not at all
    prepay_id: str | None = None
    prepaid_at: datetime | None = None
    created_at: datetime
    expires_at: datetime
    checked_at: datetime | None = None
    paid_at: datetime | None = None
    transaction_id: str | None = None
    closed_because: str = ""

    @property
    def place(self) -> str:
        """The home, or the smallest place that holds all the homes, it was made for."""
        return smallest_around([line.home for line in self.lines])


class Booking(StrEnum):
    BOOKED = auto()
    REPEATED = auto()
    SUSPENDED = auto()


class EventOutcome(StrEnum):
    BOOKED = auto()
    REPEATED = auto()
    DOUBTFUL = auto()  # does not fit what we know: WeChat is asked before money is placed


class WeChatEvent(Struct, kw_only=True):
    """A believed notice, kept as it came (its content stays encrypted)."""

    id: str = field(name="_id")  # account:event id
    account: str
    event_type: str
    out_trade_no: str = ""
    transaction_id: str = ""
    outcome: EventOutcome
    body: bytes
    received_at: datetime


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


class DiscrepancyState(StrEnum):
    OPEN = auto()
    EXPLAINED = auto()  # WeChat, asked, says what we say
    IN_SUSPENSE = auto()  # WeChat, asked, confirms it: the money waits for a person
    RETURNING = auto()  # a refund of it is under way
    RETURNED = auto()


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


class Receipt(Struct, kw_only=True):
    """What was paid, frozen. Its number reads: day of payment, then ten letters."""

    id: str = field(name="_id")  # the payment
    number: str
    person: str
    payee_name: str
    lines: list[Line]
    amount_fen: Fen
    amount_capital: str
    transaction_id: str
    paid_at: datetime


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


def discrepancy_id(account: str, out_trade_no: str) -> str:
    return f"{account}:{out_trade_no}"


# What clients send and see


class Pay(Struct, forbid_unknown_fields=True):
    """The bills to pay together; all of one payee."""

    bill_ids: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=64)]],
        Meta(min_length=1, max_length=MAX_BILLS),
    ]


class PayParams(Struct, frozen=True, rename="camel"):
    """What wx.requestPayment needs, and nothing else."""

    time_stamp: str
    nonce_str: str
    package: str
    sign_type: str
    pay_sign: str


class PaymentOrder(Struct, kw_only=True):
    payment_id: str
    amount_fen: int
    payee_name: str
    expires_at: datetime
    pay_params: PayParams


class PaymentView(Struct, kw_only=True):
    payment_id: str
    state: PaymentState
    amount_fen: int
    payee_name: str
    bill_ids: list[str]
    created_at: datetime
    expires_at: datetime
    paid_at: datetime | None


class ReceiptView(Struct, kw_only=True):
    number: str
    payee_name: str
    lines: list[Line]
    amount_fen: int
    amount_capital: str
    transaction_id: str
    paid_at: datetime


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
