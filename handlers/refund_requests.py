"""Endpoints of refunds by hand: asked for by one of the staff, decided by another."""

from typing import Annotated, Final

from msgspec import Meta

from handlers.counter_payments import CounterPaymentId
from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.payments import PaymentId
from services.counter_payments.refunds import actions as counter_refunds
from services.counter_payments.refunds.models import PayOut, PayoutWay
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.payments.refund_requests import actions as requests
from services.payments.refund_requests.models import (
    AskRefund,
    BillRefund,
    RefundDecision,
    RefundRequestsQuery,
    RefundRequestView,
)

RefundRequestId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the request, as lists show it.")
]
ASKED: Final = (
    "not_found",
    "other_payee",
    "own_home",
    "invalid_input",
    "nothing_to_refund",
    "refund_exceeds_paid",
    "too_many_refunds",
)
EXAMPLE: Final = AskRefund(
    reason="多缴一个月", bills=[BillRefund(bill_id="3v9k…", amount_fen=5118)]
)


class PaymentRefundRequestsHandler(ApiHandler):
    @endpoint(
        "askRefund",
        needs=Permission.REFUND_PAYMENTS,
        status=201,
        errors=(*ASKED, "refund_too_late", "payee_unavailable"),
        example=EXAMPLE,
    )
    async def post(self, payment_id: PaymentId, body: AskRefund) -> RefundRequestView:
        """Ask that money of a WeChat payment goes back; somebody else approves it."""
        return await requests.ask(self.deps, self.actor, payment_id, body)


class CounterRefundRequestsHandler(ApiHandler):
    @endpoint(
        "askCounterRefund",
        needs=Permission.REFUND_PAYMENTS,
        status=201,
        errors=ASKED,
        example=EXAMPLE,
    )
    async def post(
        self, counter_payment_id: CounterPaymentId, body: AskRefund
    ) -> RefundRequestView:
        """Ask that money of a counter payment goes back; somebody else approves it."""
        return await counter_refunds.ask(self.deps, self.actor, counter_payment_id, body)


class RefundRequestsHandler(ApiHandler):
    @endpoint("listRefundRequests", needs=Permission.VIEW_DEBTORS)
    async def get(
        self, place: PlacePath, query: RefundRequestsQuery
    ) -> Page[RefundRequestView]:
        """Refunds by hand of a compound or a part of it; to a firm those of its own money."""
        return await requests.listing(self.deps, self.actor, place, query)


class RefundRequestHandler(ApiHandler):
    @endpoint("getRefundRequest", needs=Permission.VIEW_DEBTORS)
    async def get(self, request_id: RefundRequestId) -> RefundRequestView:
        """A request that money goes back, and how far it is."""
        return await requests.get(self.deps, self.actor, request_id)


class RefundDecisionHandler(ApiHandler):
    @endpoint(
        "decideRefund",
        needs=Permission.RUN_BILLS,
        errors=(
            "other_payee",
            "own_home",
            "refund_moved_on",
            "refund_too_late",
            "same_person",
            "too_many_refunds",
        ),
        example=RefundDecision(approve=True, reason="已核对缴费记录"),
    )
    async def post(
        self, request_id: RefundRequestId, body: RefundDecision
    ) -> RefundRequestView:
        """Approve a request that somebody else made, or refuse it."""
        return await requests.decide(self.deps, self.actor, request_id, body)


class RefundWithdrawalHandler(ApiHandler):
    @endpoint("withdrawRefundRequest", needs=Access.SIGNED_IN, errors=("refund_moved_on",))
    async def post(self, request_id: RefundRequestId) -> RefundRequestView:
        """Withdraw a request of mine that nobody decided."""
        return await requests.withdraw(self.deps, self.actor, request_id)


class RefundPayoutHandler(ApiHandler):
    @endpoint(
        "handOutRefund",
        needs=Permission.REFUND_PAYMENTS,
        errors=(
            "delivery_open",
            "not_enough_cash",
            "other_payee",
            "own_home",
            "payout_incomplete",
            "refund_by_wechat",
            "refund_moved_on",
            "voucher_used",
        ),
        example=PayOut(way=PayoutWay.CASH, signed_by="李娜", photo_ids=["7m2q…"]),
    )
    async def post(self, request_id: RefundRequestId, body: PayOut) -> RefundRequestView:
        """Give back money that came without WeChat: cash with a signature, or a transfer."""
        return await counter_refunds.pay_out(self.deps, self.actor, request_id, body)


ROUTES = [
    Route("/api/v1/payments/{payment_id}/refund-requests", PaymentRefundRequestsHandler),
    Route(
        "/api/v1/counter-payments/{counter_payment_id}/refund-requests",
        CounterRefundRequestsHandler,
    ),
    Route("/api/v1/places/{place}/refund-requests", RefundRequestsHandler),
    Route("/api/v1/refund-requests/{request_id}", RefundRequestHandler),
    Route("/api/v1/refund-requests/{request_id}/decision", RefundDecisionHandler),
    Route("/api/v1/refund-requests/{request_id}/payout", RefundPayoutHandler),
    Route("/api/v1/refund-requests/{request_id}/withdrawal", RefundWithdrawalHandler),
]
