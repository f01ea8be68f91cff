"""Receipts: what is kept and seen of them."""

from datetime import datetime

from msgspec import Struct, field

from services.kernel.money import Fen
from services.payments.models import Line


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


class ReceiptView(Struct, kw_only=True):
    number: str
    payee_name: str
    lines: list[Line]
    amount_fen: int
    amount_capital: str
    transaction_id: str
    paid_at: datetime
