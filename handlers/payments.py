"""Endpoints of payments: WeChat orders for bills, and their receipts."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.downloads import Download
from services.kernel.pages import Page, ShortListQuery
from services.kernel.sheets import PDF
from services.limits.models import Rate
from services.payments import actions
from services.payments.models import Pay, PaymentOrder, PaymentView
from services.payments.receipts.models import ReceiptSheetQuery, ReceiptView

PaymentId = Annotated[
    str,
    Meta(
        min_length=1, max_length=64, description="Id of the payment, as the order was answered."
    ),
]


class PaymentsHandler(ApiHandler):
    @endpoint("listMyPayments", needs=Access.SIGNED_IN)
    async def get(self, query: ShortListQuery) -> Page[PaymentView]:
        """My payments, newest first."""
        return await actions.listing(self.deps, self.actor, query)

    @endpoint(
        "createPayment",
        needs=Access.SIGNED_IN,  # who ordered a repair pays it, wherever they live now
        status=201,
        errors=(
            "not_found",
            "forbidden",
            "bill_already_paid",
            "different_payees",
            "different_fees",
            "more_than_owed",
            "payment_in_progress",
            "payee_unavailable",
            "payment_refused",
            "wechat_pay_unavailable",
            "idempotency_key_reused",
            "request_in_progress",
        ),
        example=Pay(bill_ids=["3v9k…", "7m2q…"]),
        rate=Rate.ORDER,
        is_idempotent=True,  # the open order of the same bills is handed out again
    )
    async def post(self, body: Pay) -> PaymentOrder:
        """Make one WeChat order for several bills of one payee, or for a part of them."""
        return await actions.pay(self.deps, self.actor, body)


class PaymentHandler(ApiHandler):
    @endpoint("getPayment", needs=Access.SIGNED_IN)
    async def get(self, payment_id: PaymentId) -> PaymentView:
        """How a payment of mine stands; while it is open, WeChat is asked."""
        return await actions.get(self.deps, self.actor, payment_id)


class ReceiptHandler(ApiHandler):
    @endpoint("getReceipt", needs=Access.SIGNED_IN)
    async def get(self, payment_id: PaymentId) -> ReceiptView:
        """The receipt of a payment of mine."""
        return await actions.receipt(self.deps, self.actor, payment_id)


class ReceiptSheetHandler(ApiHandler):
    @endpoint(
        "getReceiptSheet",
        needs=Access.SIGNED_IN,
        media_type=PDF,
        errors=("paper_too_long",),
    )
    async def get(self, payment_id: PaymentId, query: ReceiptSheetQuery) -> Download:
        """The receipt of a payment of mine on paper, with a code to check it by."""
        number, made = await actions.printed_receipt(self.deps, self.actor, payment_id, query)
        return Download(made, PDF, f"收据{number}.pdf")


ROUTES = [
    Route("/api/v1/payments", PaymentsHandler),
    Route("/api/v1/payments/{payment_id}", PaymentHandler),
    Route("/api/v1/payments/{payment_id}/receipt", ReceiptHandler),
    Route("/api/v1/payments/{payment_id}/receipt/sheet", ReceiptSheetHandler),
]
