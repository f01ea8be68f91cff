"""Checkouts: what is kept, sent and seen of bills that are paid on one way."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct, field

from services.fees.models import BillKind
from services.kernel.labels import Labelled
from services.kernel.money import Fen
from services.kernel.types import Id
from services.payments.models import MAX_BILLS, PayParams


class Part(Struct, frozen=True, kw_only=True):
    """Bills of one payee and one fee: what one order may pay.

    `payments`: ids of the orders that were made for them here, the latest last.
    """

    account: str
    payee_name: str
    kind: BillKind
    bill_ids: list[str]
    payments: list[str] = []


class Checkout(Struct, kw_only=True):
    """Bills that a person set out to pay. It holds nothing: only open orders hold bills.

    `one_by_one`: WeChat refused them as one combined order.
    """

    id: str = field(name="_id")
    person: str
    parts: list[Part]
    one_by_one: bool = False
    created_at: datetime
    expires_at: datetime

    @property
    def bill_ids(self) -> list[str]:
        return [bill_id for part in self.parts for bill_id in part.bill_ids]


class PartProgress(Labelled):
    """How far one payee's part is."""

    WAITING = "waiting", "待支付"
    PAYING = "paying", "支付中"
    DONE = "done", "已缴清"


# What clients send and see


class NewCheckout(Struct, frozen=True, forbid_unknown_fields=True):
    """Bills to pay on one way, of any payees and fees.

    `bill_ids`: Ids of the bills.
    """

    bill_ids: Annotated[list[Id], Meta(min_length=1, max_length=MAX_BILLS)]


class CheckoutPart(Struct, kw_only=True):
    """Bills of one payee and one fee.

    `payee_name`: Who receives the money.
    `kind`: What is paid: a fee, or a repair.
    `bill_ids`: Ids of the bills.
    `owed_fen`: What is still owed of them, in fen.
    `state`: How far they are; what somebody else paid is done, too.
    `payment_id`: Latest payment of mine for them; null before there is one.
    """

    payee_name: Annotated[str, Meta(examples=["安居物业"])]
    kind: BillKind
    bill_ids: list[str]
    owed_fen: int
    state: PartProgress
    payment_id: Annotated[str | None, Meta(examples=[None])]


class CheckoutView(Struct, kw_only=True):
    """How far a way through several payees is.

    `checkout_id`: Opaque id of the way.
    `parts`: What goes to each payee, in the order in which it is paid.
    `owed_fen`: What is still owed of all, in fen.
    `is_done`: Whether nothing is owed any more.
    `is_one_order`: Whether one tap pays all that is left.
    `expires_at`: Until when it can be gone on with.
    """

    checkout_id: Annotated[str, Meta(examples=["01kt9a7c4m8q2v5x1z3b6d0e9k"])]
    parts: list[CheckoutPart]
    owed_fen: int
    is_done: bool
    is_one_order: bool
    expires_at: datetime


class CheckoutPayment(Struct, kw_only=True):
    """Payment that an order makes to one payee.

    `payment_id`: Opaque id of the payment.
    `payee_name`: Who receives the money.
    `amount_fen`: What is to pay, in fen.
    """

    payment_id: str
    payee_name: str
    amount_fen: Fen


class CheckoutOrder(Struct, kw_only=True):
    """Order to pay now.

    `payments`: What it pays to whom: several payees where it is WeChat's combined order.
    `amount_fen`: What is to pay now, in fen.
    `left_fen`: What is left for the orders after it, in fen.
    `expires_at`: When the order can be paid no longer.
    `pay_params`: Parameters of wx.requestPayment.
    """

    payments: list[CheckoutPayment]
    amount_fen: int
    left_fen: int
    expires_at: datetime
    pay_params: PayParams
