"""Receipts: what is kept and seen of them."""

from datetime import datetime

from msgspec import Struct, field

from services.kernel.money import Fen
from services.payments.models import Line, ReceiptLine


class Receipt(Struct, kw_only=True):
    """Receipt of a payment, never changed. Number: the day, then ten letters and digits."""

    id: str = field(name="_id")  # the payment
    number: str
    person: str
    payee_name: str
    lines: list[Line]
    amount_fen: Fen
    amount_capital: str
    transaction_id: str
    paid_at: datetime


class ReceiptView(Struct, kw_only=True):
    """Receipt, which says by itself who paid what.

    `number`: Number of the receipt: day of payment, then ten letters and digits.
    `payer_masked`: Payer's name with all but the first character masked; null when no home has
    it.
    `payee_name`: Who received the money.
    `lines`: Bills that were paid.
    `amount_fen`: Sum of the receipt, in fen.
    `amount_capital`: Sum in Chinese capitals, e.g. 伍拾壹元壹角捌分.
    `transaction_id`: WeChat's number of the transaction.
    `paid_at`: When the money was paid.
    `returned_fen`: What of it the payee gave back since, in fen; its bills are owed again.
    """

    number: str
    payer_masked: str | None
    payee_name: str
    lines: list[ReceiptLine]
    amount_fen: int
    amount_capital: str
    transaction_id: str
    paid_at: datetime
    returned_fen: int
