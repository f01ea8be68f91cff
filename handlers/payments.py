from typing import Annotated

from msgspec import Meta, Struct

from handlers import cursors
from handlers.base import ApiHandler
from handlers.contract import Access, Page, Route, endpoint
from services.kernel.permissions import Permission
from services.limits.models import Rate
from services.payments import actions
from services.payments.discrepancies import actions as discrepancies
from services.payments.discrepancies.models import DiscrepancyView
from services.payments.models import Pay, PaymentOrder, PaymentView
from services.payments.receipts.models import ReceiptView
from services.payments.refunds import actions as refunds
from services.payments.refunds.models import RefundView

PaymentId = Annotated[str, Meta(min_length=1, max_length=64)]


class PageQuery(Struct, forbid_unknown_fields=True):
    limit: cursors.Limit = 20
    cursor: cursors.Cursor | None = None


class PaymentsHandler(ApiHandler):
    @endpoint(needs=Access.SIGNED_IN)
    async def get(self, query: PageQuery) -> Page[PaymentView]:
        """My payments, newest first."""
        items = await actions.mine(
            self.deps, self.actor, before=cursors.read(query.cursor), limit=query.limit
        )
        return cursors.page(items, query.limit, lambda item: item.payment_id)

    @endpoint(
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
    @endpoint(needs=Access.SIGNED_IN)
    async def get(self, payment_id: PaymentId) -> PaymentView:
        """How a payment of mine stands; while it is open, WeChat is asked."""
        return await actions.look(self.deps, self.actor, payment_id)


class ReceiptHandler(ApiHandler):
    @endpoint(needs=Access.SIGNED_IN)
    async def get(self, payment_id: PaymentId) -> ReceiptView:
        """The receipt of a payment of mine."""
        return await actions.receipt(self.deps, self.actor, payment_id)


class DiscrepanciesHandler(ApiHandler):
    @endpoint(needs=Permission.OPERATE)
    async def get(self, query: PageQuery) -> Page[DiscrepancyView]:
        """Differences with WeChat that wait for a person."""
        items = await discrepancies.listing(
            self.deps, self.actor, after=cursors.read(query.cursor), limit=query.limit
        )
        return cursors.page(items, query.limit, lambda item: item.discrepancy_id)


class ReturnHandler(ApiHandler):
    @endpoint(
        needs=Permission.OPERATE,
        errors=("confirmation_needed", "not_in_suspense"),
        asks_again=True,
    )
    async def post(self, discrepancy_id: Annotated[str, Meta(max_length=200)]) -> None:
        """Send suspended money back to whoever paid it."""
        await refunds.give_back(self.deps, self.actor, discrepancy_id)


class RefundsHandler(ApiHandler):
    @endpoint(needs=Permission.OPERATE)
    async def get(self, query: PageQuery) -> Page[RefundView]:
        """Refunds that WeChat gave up or cannot place, waiting for a person."""
        items = await refunds.listing(
            self.deps, self.actor, after=cursors.read(query.cursor), limit=query.limit
        )
        return cursors.page(items, query.limit, lambda item: item.refund_id)


class RetryHandler(ApiHandler):
    @endpoint(needs=Permission.OPERATE, status=202, errors=("refund_not_stuck",))
    async def post(self, refund_id: PaymentId) -> RefundView:
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
