"""Endpoints of returns of prepaid money: asked for by one, approved by another, handed out."""

from typing import Annotated, Final

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.counter_payments.refunds.models import PayOut, PayoutWay
from services.counter_payments.returns import actions as counter_returns
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.payments.prepayment_returns import actions as returns
from services.payments.prepayment_returns.models import AskReturn, ReturnsQuery, ReturnView
from services.payments.refund_requests.models import RefundDecision

PrepaymentId = Annotated[
    str,
    Meta(min_length=1, max_length=64, description="Id of the prepayment, as lists show it."),
]
PrepaymentReturnId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the return, as lists show it.")
]
EXAMPLE: Final = AskReturn(reason="房屋已过户,退还余额", amount_fen=15_354)


class PrepaymentReturnsHandler(ApiHandler):
    @endpoint(
        "askPrepaymentReturn",
        needs=Permission.REFUND_PAYMENTS,
        status=201,
        errors=(
            "not_found",
            "other_payee",
            "own_home",
            "prepayment_too_small",
            "return_open",
        ),
        example=EXAMPLE,
    )
    async def post(self, prepayment_id: PrepaymentId, body: AskReturn) -> ReturnView:
        """Ask that money is given back which a home paid in advance; somebody else approves."""
        return await returns.ask(self.deps, self.actor, prepayment_id, body)


class PlacePrepaymentReturnsHandler(ApiHandler):
    @endpoint("listPrepaymentReturns", needs=Permission.VIEW_DEBTORS)
    async def get(self, place: PlacePath, query: ReturnsQuery) -> Page[ReturnView]:
        """Returns of prepaid money under a place; to a firm those of its own money."""
        return await returns.listing(self.deps, self.actor, place, query)


class PrepaymentReturnHandler(ApiHandler):
    @endpoint("getPrepaymentReturn", needs=Permission.VIEW_DEBTORS)
    async def get(self, return_id: PrepaymentReturnId) -> ReturnView:
        """A return of prepaid money, and how far it is."""
        return await returns.get(self.deps, self.actor, return_id)


class PrepaymentReturnDecisionHandler(ApiHandler):
    @endpoint(
        "decidePrepaymentReturn",
        needs=Permission.RUN_BILLS,
        errors=(
            "other_payee",
            "own_home",
            "prepayment_too_small",
            "return_moved_on",
            "same_person",
        ),
        example=RefundDecision(approve=True, reason="已核对余额和过户日期"),
    )
    async def post(self, return_id: PrepaymentReturnId, body: RefundDecision) -> ReturnView:
        """Approve a return that somebody else asked for, or refuse it."""
        return await returns.decide(self.deps, self.actor, return_id, body)


class PrepaymentReturnWithdrawalHandler(ApiHandler):
    @endpoint("withdrawPrepaymentReturn", needs=Access.SIGNED_IN, errors=("return_moved_on",))
    async def post(self, return_id: PrepaymentReturnId) -> ReturnView:
        """Withdraw a return that I asked for and nobody decided."""
        return await returns.withdraw(self.deps, self.actor, return_id)


class PrepaymentReturnPayoutHandler(ApiHandler):
    @endpoint(
        "handOutPrepaymentReturn",
        needs=Permission.REFUND_PAYMENTS,
        errors=(
            "delivery_open",
            "not_enough_cash",
            "other_payee",
            "own_home",
            "payout_incomplete",
            "return_moved_on",
            "voucher_used",
        ),
        example=PayOut(way=PayoutWay.CASH, signed_by="李娜", photo_ids=["7m2q…"]),
    )
    async def post(self, return_id: PrepaymentReturnId, body: PayOut) -> ReturnView:
        """Hand out the money of an approved return: cash with a signature, or a transfer."""
        return await counter_returns.pay_out(self.deps, self.actor, return_id, body)


ROUTES = [
    Route("/api/v1/prepayments/{prepayment_id}/returns", PrepaymentReturnsHandler),
    Route("/api/v1/places/{place}/prepayment-returns", PlacePrepaymentReturnsHandler),
    Route("/api/v1/prepayment-returns/{return_id}", PrepaymentReturnHandler),
    Route("/api/v1/prepayment-returns/{return_id}/decision", PrepaymentReturnDecisionHandler),
    Route(
        "/api/v1/prepayment-returns/{return_id}/withdrawal",
        PrepaymentReturnWithdrawalHandler,
    ),
    Route("/api/v1/prepayment-returns/{return_id}/payout", PrepaymentReturnPayoutHandler),
]
