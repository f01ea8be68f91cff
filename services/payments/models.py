"""Payments: orders and notices as they are kept; what clients send and see of orders."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct, field

from services.bills.models import Bill
from services.fees.models import BillKind
from services.kernel.days import Day, Month
from services.kernel.labels import Labelled
from services.kernel.money import Fen, PaidFen
from services.kernel.paths import smallest_around
from services.kernel.types import Id
from services.ledger.models import prepaid, receivable
from services.payments.states import PENDING, PaymentState

MAX_BILLS = 50
# Our own call may still be on its way for this long: "no such order" is not yet final.
IN_FLIGHT: Final = timedelta(seconds=60)
CHECK: Final = "payments.check"  # the name of the job that follows an order


class PaymentWay(Labelled):
    """Way in which money came."""

    WECHAT = "wechat", "微信支付"
    CASH = "cash", "现金"
    TRANSFER = "transfer", "银行转账"
    POS = "pos", "POS刷卡"


class Line(Struct, frozen=True, kw_only=True):
    """One bill inside an order, as it was when the order was made.

    `bill_id`: Opaque id of the bill.
    `home`: Path of the home.
    `kind`: What is paid: a fee, or a repair.
    `period`: First month that is paid.
    `explanation`: The whole computation on one line, in Chinese.
    `amount_fen`: What is paid for this bill, in fen.
    `prepaid`: Whether it is no bill but money for bills to come, `bill_id` that prepayment.
    `most_fen`: What may lie there with it, in fen; 0 for a bill.
    """

    bill_id: str
    home: str
    kind: BillKind
    period: Month
    explanation: str
    amount_fen: Fen
    prepaid: bool = False
    most_fen: Fen = 0

    @property
    def credited(self) -> str:
        """Account of the ledger that its money goes to."""
        return prepaid(self.bill_id) if self.prepaid else receivable(self.bill_id)


def bills_of(lines: Iterable[Line]) -> list[Line]:
    """Return the lines that pay bills, without what is paid in advance."""
    return [line for line in lines if not line.prepaid]


def amounts_of(lines: Iterable[Line]) -> dict[str, int]:
    """Return bill id → fen that is paid of it."""
    return {line.bill_id: line.amount_fen for line in lines}


def lines_taken(lines: Iterable[Line], taken: Mapping[str, int]) -> list[Line]:
    """Return lines with what bills took of them; those of which nothing was are left out."""
    return [
        msgspec.structs.replace(line, amount_fen=taken[line.bill_id])
        for line in lines
        if line.bill_id in taken
    ]


class CombinedOrder(Struct, frozen=True, kw_only=True):
    """The combined order at WeChat that an order is a part of: placed and closed whole.

    `number`: of the whole at WeChat. `account`: key of the merchant that placed it. `parts`:
    how many orders are in it.
    """

    number: str
    account: str
    parts: int


class Payment(Struct, kw_only=True):
    """One order at WeChat. Its id is its out_trade_no, fixed before WeChat is asked.

    `combined`: of one that is paid by one tap together with others; `body` is the request
    of the whole then.
    """

    id: str = field(name="_id")
    person: str
    asked_by: str = ""  # who asked them to pay by a link; the receipt is theirs
    payee: str = ""  # orders from before there were payees have none
    account: str  # the payee's merchant account key
    payee_name: str
    numbers_receipts: bool = False  # as the payee asked when the order was made
    lines: list[Line]
    spares: list[Line] = []  # prepayments for what its bills do not take, one of each home
    bill_ids: list[str]  # or prepayments
    amount_fen: Fen
    state: PaymentState = PaymentState.CREATED
    open: bool = True  # it holds its bills, so that no other order may
    body: bytes  # the exact prepay request: repeated byte by byte or not at all
    prepay_id: str | None = None
    prepaid_at: datetime | None = None
    created_at: datetime
    expires_at: datetime
    checked_at: datetime | None = None
    combined: CombinedOrder | None = None
    missing_at: datetime | None = None  # when WeChat last denied what a phone could pay
    paid_at: datetime | None = None
    transaction_id: str | None = None
    closed_because: str = ""
    closed_at: datetime | None = None
    billed_on: Day | None = None  # the day of WeChat's trade bill that has it
    returned_fen: int = 0  # of its bills, given back by hand or in the merchant's own console

    @property
    def owner(self) -> str:
        """Whose receipt it makes: of who asked for it by a link, or of who paid."""
        return self.asked_by or self.person

    def asks_as(self, other: "Payment") -> bool:
        """Tell whether it pays the same as another by itself, for whom and what is too much."""
        same_lines = amounts_of(self.lines) == amounts_of(other.lines)
        same_spares = amounts_of(self.spares) == amounts_of(other.spares)
        alone = self.combined is None and other.combined is None
        return same_lines and same_spares and alone and self.asked_by == other.asked_by

    @property
    def is_pending(self) -> bool:
        """Tell whether WeChat may still say something new about it."""
        return self.state in PENDING

    @property
    def combined_number(self) -> str:
        """Number of the combined order that it is a part of; empty for one of its own."""
        return self.combined.number if self.combined else ""

    @property
    def place(self) -> str:
        """The home, or the smallest place that holds all the homes, it was made for."""
        return smallest_around([line.home for line in self.lines])


class Told(Payment, kw_only=True):
    """Order that a notice tells of, with its bills as they stood when it came."""

    bills: list[Bill] = []


class EventOutcome(Labelled):
    BOOKED = "booked", "已入账"
    REPEATED = "repeated", "重复通知,没有重复入账"
    # Does not fit what we know: WeChat is asked before money is placed.
    DOUBTFUL = "doubtful", "与订单不符,已向微信核对"


class WeChatEvent(Struct, kw_only=True):
    """A verified notice, kept as it came (its content stays encrypted)."""

    id: str = field(name="_id")  # account:event id
    account: str
    event_type: str
    out_trade_no: str = ""
    transaction_id: str = ""
    outcome: EventOutcome
    body: bytes
    received_at: datetime


# What clients send and see


class Excess(Labelled):
    """What becomes of money that bills do not take, because somebody else paid them too."""

    REFUND = "refund", "原路退回"
    PREPAY = "prepay", "转为预存,抵缴以后的账单"


class Pay(Struct, forbid_unknown_fields=True):
    """Bills to pay together.

    `bill_ids`: Ids of the bills, all of one payee and one fee.
    `amount_fen`: What to pay of them, in fen, the oldest bill first; all that is owed without
    it.
    `excess`: What becomes of money that the bills do not take: it goes back unless the payer
    wants it to pay bills to come. What is too much for that goes back in any case.
    """

    bill_ids: Annotated[
        list[Id],
        Meta(min_length=1, max_length=MAX_BILLS),
    ]
    amount_fen: PaidFen | None = None
    excess: Excess = Excess.REFUND


class PayParams(Struct, frozen=True, rename="camel"):
    """Parameters of wx.requestPayment, and nothing else.

    `time_stamp`: Seconds since 1970, as text.
    `nonce_str`: Random text.
    `package`: Prepay id, as WeChat wants it.
    `sign_type`: Kind of the signature, `RSA`.
    `pay_sign`: Signature over the other parameters.
    """

    time_stamp: str
    nonce_str: str
    package: str
    sign_type: str
    pay_sign: str


class PaymentOrder(Struct, kw_only=True):
    """Order at WeChat, ready to be paid.

    `payment_id`: Opaque id of the payment.
    `amount_fen`: What is to pay, in fen.
    `payee_name`: Who receives the money.
    `expires_at`: When the order can be paid no longer.
    `pay_params`: Parameters of wx.requestPayment.
    """

    payment_id: str
    amount_fen: int
    payee_name: str
    expires_at: datetime
    pay_params: PayParams


class PaymentView(Struct, kw_only=True):
    """Payment of mine.

    `payment_id`: Opaque id of the payment.
    `state`: How far the payment is.
    `amount_fen`: What is paid, in fen.
    `payee_name`: Who receives the money.
    `bill_ids`: Ids of the bills that are paid.
    `created_at`: When the order was made.
    `expires_at`: When the order can be paid no longer.
    `paid_at`: When the money was paid; null before.
    """

    payment_id: str
    state: PaymentState
    amount_fen: int
    payee_name: str
    bill_ids: list[str]
    created_at: datetime
    expires_at: datetime
    paid_at: datetime | None


class ReceiptLine(Struct, kw_only=True):
    """One bill of a receipt.

    `bill_id`: Opaque id of the bill, or of the prepayment.
    `title`: Title in Chinese with month and fee, e.g. 2026年11月物业费.
    `home`: Path of the home.
    `address`: Address of the home, as people say it.
    `kind`: What was paid: a fee, or a repair.
    `period`: First month that was paid.
    `months`: Number of months that were paid; 0 for money in advance, which pays bills to come
    as they are then.
    `explanation`: The whole computation on one line, in Chinese.
    `amount_fen`: What was paid for this bill, in fen.
    """

    bill_id: str
    title: str
    home: str
    address: str
    kind: BillKind
    period: Month
    months: int
    explanation: str
    amount_fen: Fen
