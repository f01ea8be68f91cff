"""Requests for invoices: what is kept, sent and seen of them."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.labels import Labelled
from services.kernel.money import Fen
from services.kernel.pages import ListQuery
from services.kernel.types import LINE, Phone
from services.kernel.vault import Sealed
from services.payments.invoices.states import InvoiceState
from services.payments.receipts.models import SerialNumber

TITLE: Final = Sealed("invoice_requests", "title")
TAX_NUMBER: Final = Sealed("invoice_requests", "tax_number")
EMAIL: Final = Sealed("invoice_requests", "email")
PHONE: Final = Sealed("invoice_requests", "phone")

InvoiceTitle = Annotated[
    str, Meta(min_length=1, max_length=100, pattern=LINE, examples=["李伟"])
]
MaskedTitle = Annotated[str, Meta(examples=["李*"])]
TaxNumber = Annotated[
    str, Meta(min_length=18, max_length=18, pattern=LINE, examples=["91220101MA0Y12345A"])
]
Email = Annotated[
    str, Meta(min_length=3, max_length=100, pattern=LINE, examples=["li@example.com"])
]
InvoiceNumber = Annotated[
    str, Meta(pattern=r"^[0-9A-Za-z-]{8,30}$(?!\n)", examples=["26222000000012345678"])
]


class TitleKind(Labelled):
    """Kind of who an invoice is made out to."""

    PERSONAL = "personal", "个人"
    COMPANY = "company", "单位"


class InvoiceRequest(Struct, kw_only=True):
    """Request for the invoice of a receipt; there is one of each, asked for again if need be.

    `numbers`: of the invoices, and of those that took them back, in their order.
    """

    id: str = field(name="_id")  # the payment, as of its receipt
    person: str
    place: str  # the compound
    account: str
    payee_name: str
    receipt_number: str
    amount_fen: Fen
    kind: TitleKind
    title_sealed: str
    tax_number_sealed: str = ""
    email_sealed: str = ""
    phone_sealed: str = ""
    state: InvoiceState = InvoiceState.REQUESTED
    numbers: list[str] = []
    asked_at: datetime
    changed_at: datetime
    changed_by: str = ""  # who of the firm did the last step


class AskInvoice(Struct, forbid_unknown_fields=True, kw_only=True):
    """Invoice to ask for.

    `kind`: Whether it is made out to a person or a company.
    `title`: Name that it is made out to.
    `tax_number`: Unified social credit code of the company; none for a person.
    `email`: Where to send it; none to fetch it, or to be called.
    `phone`: Whom to call about it; none for nobody.
    """

    kind: TitleKind
    title: InvoiceTitle
    tax_number: TaxNumber | None = None
    email: Email | None = None
    phone: Phone | None = None


class InvoiceDone(Struct, forbid_unknown_fields=True):
    """Invoice that was sent, or the red-letter one that takes it back.

    `number`: Number of the invoice.
    """

    number: InvoiceNumber


class InvoiceSort(Labelled):
    NEWEST = "newest", "最新在前"
    PLACE = "place", "按小区"


class InvoicesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which requests for invoices to list.

    `state`: How far they are; all without it.
    `kind`: Whether they are for persons or companies; both without it.
    `sort`: Order of the list.
    """

    state: InvoiceState | None = None
    kind: TitleKind | None = None
    sort: InvoiceSort = InvoiceSort.NEWEST


class InvoiceRow(Struct, kw_only=True):
    """Request for an invoice, as a list shows it: without what only who writes it needs.

    `request_id`: Opaque id, as lists show it.
    `place`: Path of the compound.
    `address`: Address of the compound, as people say it.
    `payee_name`: Who received the money.
    `receipt_number`: Number of the receipt that is to be invoiced.
    `amount_fen`: Sum of the receipt, in fen.
    `reversed_fen`: What of it was given back, in fen.
    `kind`: Whether it is made out to a person or a company.
    `title_masked`: Name that it is made out to; a person's only by its first character.
    `state`: How far the request is.
    `numbers`: Numbers of the invoices and of those that took them back, in their order.
    `asked_at`: When it was asked for.
    """

    request_id: str
    place: str
    address: str
    payee_name: str
    receipt_number: SerialNumber
    amount_fen: int
    reversed_fen: int
    kind: TitleKind
    title_masked: MaskedTitle
    state: InvoiceState
    numbers: list[InvoiceNumber]
    asked_at: datetime


class InvoiceView(Struct, kw_only=True):
    """Request for an invoice, whole: for who asked, and for who writes the invoice.

    `request_id`: Opaque id, as lists show it.
    `payee_name`: Who received the money.
    `receipt_number`: Number of the receipt that is to be invoiced.
    `amount_fen`: Sum of the receipt, in fen.
    `reversed_fen`: What of it was given back, in fen: the invoice is for the rest.
    `kind`: Whether it is made out to a person or a company.
    `title`: Name that it is made out to; empty when who asked closed their account.
    `tax_number`: Unified social credit code of the company; null for a person.
    `email`: Where to send it; null for none.
    `phone`: Whom to call about it; null for nobody.
    `state`: How far the request is.
    `numbers`: Numbers of the invoices and of those that took them back, in their order.
    `asked_at`: When it was asked for.
    """

    request_id: str
    payee_name: str
    receipt_number: SerialNumber
    amount_fen: int
    reversed_fen: int
    kind: TitleKind
    title: str
    tax_number: TaxNumber | None
    email: Email | None
    phone: Phone | None
    state: InvoiceState
    numbers: list[InvoiceNumber]
    asked_at: datetime
