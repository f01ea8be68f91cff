"""Endpoints of invoice requests: asked for by who paid, written by the firm."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.payments import PaymentId
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.payments.invoices import actions as invoices
from services.payments.invoices.models import (
    AskInvoice,
    InvoiceDone,
    InvoiceRow,
    InvoicesQuery,
    InvoiceView,
    TitleKind,
)

RequestId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the request, as lists show it.")
]
DONE = InvoiceDone(number="26222000000012345678")


class MyInvoiceRequestHandler(ApiHandler):
    @endpoint("getMyInvoiceRequest", needs=Access.SIGNED_IN)
    async def get(self, payment_id: PaymentId) -> InvoiceView:
        """How my request for the invoice of a payment stands."""
        return await invoices.of_payment(self.deps, self.actor, payment_id)

    @endpoint(
        "askForInvoice",
        needs=Access.SIGNED_IN,
        errors=(
            "bad_invoice",
            "bad_credit_code",
            "invalid_email",
            "invalid_phone",
            "receipt_reversed",
            "invoice_moved_on",
        ),
        example=AskInvoice(kind=TitleKind.PERSONAL, title="李伟", email="li@example.com"),
    )
    async def put(self, payment_id: PaymentId, body: AskInvoice) -> InvoiceView:
        """Ask for the invoice of a payment of mine, or ask with another title."""
        return await invoices.ask(self.deps, self.actor, payment_id, body)


class InvoiceRequestsHandler(ApiHandler):
    @endpoint("listInvoiceRequests", needs=Permission.KEEP_INVOICES)
    async def get(self, place: PlacePath, query: InvoicesQuery) -> Page[InvoiceRow]:
        """Requests for invoices of a place; to a firm of what was paid to itself."""
        return await invoices.listing(self.deps, self.actor, place, query)


class InvoiceRequestHandler(ApiHandler):
    @endpoint("getInvoiceRequest", needs=Permission.KEEP_INVOICES)
    async def get(self, request_id: RequestId) -> InvoiceView:
        """A request whole, with what it takes to write the invoice."""
        return await invoices.get(self.deps, self.actor, request_id)


class InvoiceSentHandler(ApiHandler):
    @endpoint(
        "sendInvoice",
        needs=Permission.KEEP_INVOICES,
        errors=("own_home", "invoice_moved_on"),
        example=DONE,
    )
    async def post(self, request_id: RequestId, body: InvoiceDone) -> InvoiceView:
        """Note that an invoice was written and sent; who asked for it is told."""
        return await invoices.send(self.deps, self.actor, request_id, body)


class InvoiceRedLetterHandler(ApiHandler):
    @endpoint(
        "redLetterInvoice",
        needs=Permission.KEEP_INVOICES,
        errors=("own_home", "invoice_moved_on", "receipt_not_reversed"),
        example=DONE,
    )
    async def post(self, request_id: RequestId, body: InvoiceDone) -> InvoiceView:
        """Note that an invoice was taken back by a red-letter one, after money went back."""
        return await invoices.red_letter(self.deps, self.actor, request_id, body)


ROUTES = [
    Route("/api/v1/payments/{payment_id}/invoice-request", MyInvoiceRequestHandler),
    Route("/api/v1/places/{place}/invoice-requests", InvoiceRequestsHandler),
    Route("/api/v1/invoice-requests/{request_id}", InvoiceRequestHandler),
    Route("/api/v1/invoice-requests/{request_id}/sent", InvoiceSentHandler),
    Route("/api/v1/invoice-requests/{request_id}/red-letter", InvoiceRedLetterHandler),
]
