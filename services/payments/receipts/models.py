"""Receipts: what is kept and seen of them."""

from datetime import datetime
from typing import Annotated, Final, Protocol

from msgspec import Meta, Struct, field

from services.kernel.days import Day
from services.kernel.labels import Labelled
from services.kernel.money import Fen
from services.payments.models import Line, PaymentWay, ReceiptLine

SERIAL_DIGITS: Final = 6
SerialNumber = Annotated[str, Meta(examples=["2026-000017"])]


class Paid(Struct, frozen=True, kw_only=True):
    """Payment of which a receipt is issued, in whatever way the money came.

    `id`: of the payment. `person`: who paid, where they are known to the product; else "".
    `number`: WeChat's of the transaction, or the voucher's.
    """

    id: str
    person: str
    account: str
    payee_name: str
    numbers_receipts: bool
    way: PaymentWay = PaymentWay.WECHAT
    number: str
    paid_at: datetime


class Paying(Protocol):
    """Payment whose receipt is reversed, in whatever way the money came."""

    @property
    def id(self) -> str: ...
    @property
    def account(self) -> str: ...
    @property
    def amount_fen(self) -> int: ...


class Receipt(Struct, kw_only=True):
    """Receipt of a payment, or the reversal of one; nothing that it says is changed later.

    `number`: its reference: the day, then ten letters and digits. `series`: of numbers without
    gaps, of one payee and one year of booking; "" where the payee asks for none. `serial`: its
    number there, drawn by the worker; until then it is `unnumbered`. `reverses`: id of the
    receipt that a reversal takes back, in all or in part; its amount is what went back.
    `refund`: WeChat's number of the refund that a reversal belongs to; of one at the counter,
    that of its request.
    `token`: what the code on paper says; receipts from before have none, and no code.
    """

    id: str = field(name="_id")  # the payment; of a reversal also its number among them
    number: str
    person: str
    payee_name: str
    lines: list[Line]
    amount_fen: Fen
    amount_capital: str
    way: PaymentWay = PaymentWay.WECHAT
    transaction_id: str  # of a voucher, where it was not paid by WeChat
    paid_at: datetime  # of a reversal: when the refund was booked
    series: str = ""
    serial: int | None = None
    unnumbered: bool = False
    booked_at: datetime | None = None  # none of those from before there were series
    reverses: str = ""
    refund: str = ""
    token: str = ""

    @property
    def serial_number(self) -> str | None:
        """Number in its series, e.g. 2026-000017; None before it is drawn, or without one."""
        if self.serial is None:
            return None
        return f"{self.series.rpartition(':')[2]}-{self.serial:0{SERIAL_DIGITS}d}"


class ReversalView(Struct, kw_only=True):
    """Reversal of a receipt, in all or in part: what the payee gave back.

    `number`: Number of the reversal: the day, then ten letters and digits.
    `serial_number`: Its number without gaps within payee and year; null for none, or not yet.
    `amount_fen`: What was given back, in fen.
    `reversed_at`: When that was booked.
    """

    number: str
    serial_number: SerialNumber | None
    amount_fen: int
    reversed_at: datetime


class ReceiptView(Struct, kw_only=True):
    """Receipt, which says by itself who paid what.

    `number`: Number of the receipt: day of payment, then ten letters and digits.
    `serial_number`: Number without gaps within payee and year, e.g. 2026-000017; null where
    the payee asks for none, and for the moment until it is drawn.
    `payer_masked`: Payer's name with all but the first character masked; null when no home has
    it.
    `payee_name`: Who received the money.
    `lines`: Bills that were paid.
    `amount_fen`: Sum of the receipt, in fen.
    `amount_capital`: Sum in Chinese capitals, e.g. 伍拾壹元壹角捌分.
    `way`: Way in which the money came.
    `transaction_id`: WeChat's number of the transaction, or that of the voucher.
    `paid_at`: When the money was paid.
    `returned_fen`: What of it the payee gave back since, in fen; its bills are owed again.
    `reversals`: What of the receipt was reversed, the earliest first.
    """

    number: str
    serial_number: SerialNumber | None
    payer_masked: str | None
    payee_name: str
    lines: list[ReceiptLine]
    amount_fen: int
    amount_capital: str
    way: PaymentWay
    transaction_id: str
    paid_at: datetime
    returned_fen: int
    reversals: list[ReversalView]


class PayerName(Labelled):
    """How a receipt on paper names the payer."""

    MASKED = "masked", "隐去部分姓名"
    WHOLE = "whole", "完整姓名"


class ReceiptSheetQuery(Struct, forbid_unknown_fields=True, kw_only=True):
    """How to print a receipt.

    `payer`: How it names the payer: masked, to be shown to others, unless asked for whole.
    """

    payer: PayerName = PayerName.MASKED


class ReceiptStanding(Labelled):
    """Standing of a receipt: whether what it says still holds."""

    GOOD = "good", "有效"
    PARTLY = "partly", "部分冲销"
    REVERSED = "reversed", "已冲销"


class ReceiptCheck(Struct, kw_only=True):
    """Receipt as anybody may check it who holds the paper: of money, and of nobody's home.

    `number`: Number of the receipt: day of payment, then ten letters and digits.
    `serial_number`: Number without gaps within payee and year; null for none, or not yet.
    `payee_name`: Who received the money.
    `amount_fen`: Sum of the receipt, in fen.
    `amount_capital`: Sum in Chinese capitals, e.g. 伍拾壹元壹角捌分.
    `paid_on`: Day of the payment.
    `standing`: Whether it was reversed.
    `reversed_fen`: What of it was given back, in fen.
    """

    number: str
    serial_number: SerialNumber | None
    payee_name: str
    amount_fen: int
    amount_capital: str
    paid_on: Day
    standing: ReceiptStanding
    reversed_fen: int
