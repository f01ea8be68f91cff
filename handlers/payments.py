from typing import Annotated

from msgspec import Meta

from handlers.http import cursors, lists
from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.lists import Page, ShortListQuery
from services.kernel.permissions import Permission
from services.limits.models import Rate
from services.payments import actions
from services.payments.discrepancies import actions as discrepancies
from services.payments.discrepancies.models import DiscrepancyView
from services.payments.models import Pay, PaymentOrder, PaymentView
from services.payments.receipts.models import ReceiptView
from services.payments.refunds import actions as refunds
from services.payments.refunds.models import RefundView

PaymentId = Annotated[
    str,
    Meta(
        min_length=1, max_length=64, description="Id of the payment, as the order was answered."
    ),
]
RefundId = Annotated[
    str,
    Meta(min_length=1, max_length=64, description="Id of the refund, as the list shows it."),
]
DiscrepancyId = Annotated[
    str, Meta(max_length=200, description="Id of the difference, as the list shows it.")
]


class PaymentsHandler(ApiHandler):
    @endpoint("listMyPayments", needs=Access.SIGNED_IN)
    async def get(self, query: ShortListQuery) -> Page[PaymentView]:
        """My payments, newest first."""
        items = await actions.listing(
            self.deps, self.actor, before=cursors.read(query.cursor), limit=query.limit
        )
        return lists.page(items, query.limit, lambda item: item.payment_id)

    @endpoint(
        "createPayment",
        needs=Permission.PAY_BILLS,
        status=201,
        errors=(
            "not_found",
            "bill_already_paid",
            "different_payees",
            "payment_in_progress",
            "payee_unavailable",
            "payment_refused",
            "wechat_pay_unavailable",
            "idempotency_key_reused",
            "request_in_progress",
        ),
        example=Pay(bill_ids=["3v9k…", "7m2q…"]),
        rate=Rate.ORDER,
    )
    async def post(self, body: Pay) -> PaymentOrder:
        """Make one WeChat order for several bills of one payee."""
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


class DiscrepanciesHandler(ApiHandler):
    @endpoint("listDiscrepancies", needs=Permission.OPERATE)
    async def get(self, query: ShortListQuery) -> Page[DiscrepancyView]:
        """Differences with WeChat that wait for a person."""
        items = await discrepancies.listing(
            self.deps, self.actor, after=cursors.read(query.cursor), limit=query.limit
        )
        return lists.page(items, query.limit, lambda item: item.discrepancy_id)


class ReturnHandler(ApiHandler):
    @endpoint(
        "returnDiscrepancy",
        needs=Permission.OPERATE,
        errors=("confirmation_needed", "not_in_suspense"),
        asks_again=True,
    )
    async def post(self, discrepancy_id: DiscrepancyId) -> None:
        """Send suspended money back to whoever paid it."""
        await refunds.return_suspended(self.deps, self.actor, discrepancy_id)


class RefundsHandler(ApiHandler):
    @endpoint("listRefunds", needs=Permission.OPERATE)
    async def get(self, query: ShortListQuery) -> Page[RefundView]:
        """Refunds that WeChat gave up or cannot place, waiting for a person."""
        items = await refunds.listing(
            self.deps, self.actor, after=cursors.read(query.cursor), limit=query.limit
        )
        return lists.page(items, query.limit, lambda item: item.refund_id)


class RetryHandler(ApiHandler):
    @endpoint("retryRefund", needs=Permission.OPERATE, status=202, errors=("refund_not_stuck",))
    async def post(self, refund_id: RefundId) -> RefundView:
        """Send a failed refund again, or ask WeChat about an abnormal one."""
        return await refunds.retry(self.deps, self.actor, refund_id)


ROUTES = [
    Route("/api/v1/payments", PaymentsHandler),
    Route("/api/v1/payments/{payment_id}", PaymentHandler),
    Route("/api/v1/payments/{payment_id}/receipt", ReceiptHandler),
    Route("/api/v1/refunds", RefundsHandler),
    Route("/api/v1/refunds/{refund_id}/retry", RetryHandler),
    Route("/api/v1/discrepancies", DiscrepanciesHandler),
    Route("/api/v1/discrepancies/{discrepancy_id}/return", ReturnHandler),
]
