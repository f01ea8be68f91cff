"""Endpoints of money trails: where somebody's money is."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.counter_payments import trails
from services.limits.models import Rate
from services.payments.trails.models import MoneyTrail

MoneyNumber = Annotated[
    str,
    Meta(
        min_length=6,
        max_length=64,
        description="Number of the payment, its receipt, a refund, or WeChat's transaction.",
    ),
]


class MoneyTrailHandler(ApiHandler):
    @endpoint("getMoneyTrail", needs=Access.SIGNED_IN)
    async def get(self, number: MoneyNumber) -> MoneyTrail:
        """Where the money of a payment is: every step, and one sentence."""
        return await trails.get(self.deps, self.actor, number)


class MoneyTrailAskHandler(ApiHandler):
    @endpoint("askAboutMoney", needs=Access.SIGNED_IN, rate=Rate.ORDER, status=200)
    async def post(self, number: MoneyNumber) -> MoneyTrail:
        """Ask WeChat now how the payment and its refunds stand."""
        return await trails.ask(self.deps, self.actor, number)


ROUTES = [
    Route("/api/v1/money-trails/{number}", MoneyTrailHandler),
    Route("/api/v1/money-trails/{number}/ask", MoneyTrailAskHandler),
]
