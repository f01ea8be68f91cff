"""Endpoints of checkouts: bills of several payees, paid on one way."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.checkouts import actions
from services.checkouts.models import CheckoutOrder, CheckoutView, NewCheckout
from services.limits.models import Rate

CheckoutId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the checkout, as it was started.")
]


class CheckoutsHandler(ApiHandler):
    @endpoint(
        "startCheckout",
        needs=Access.SIGNED_IN,  # who ordered a repair pays it, wherever they live now
        status=201,
        errors=(
            "not_found",
            "forbidden",
            "bill_already_paid",
            "idempotency_key_reused",
            "request_in_progress",
        ),
        example=NewCheckout(bill_ids=["3v9k…", "7m2q…"]),
        is_idempotent=True,  # a checkout holds nothing
    )
    async def post(self, body: NewCheckout) -> CheckoutView:
        """Start to pay bills of several payees or fees, one tap after another."""
        return await actions.start(self.deps, self.actor, body)


class CheckoutHandler(ApiHandler):
    @endpoint("getCheckout", needs=Access.SIGNED_IN, errors=("forbidden",))
    async def get(self, checkout_id: CheckoutId) -> CheckoutView:
        """Which payees are paid, and what is left; of open orders WeChat is asked."""
        return await actions.get(self.deps, self.actor, checkout_id)


class CheckoutNextHandler(ApiHandler):
    @endpoint(
        "createCheckoutOrder",
        needs=Access.SIGNED_IN,
        status=201,
        errors=(
            "forbidden",
            "bill_already_paid",
            "payment_in_progress",
            "payee_unavailable",
            "payment_refused",
            "wechat_pay_unavailable",
            "idempotency_key_reused",
            "request_in_progress",
        ),
        rate=Rate.ORDER,
        is_idempotent=True,  # the open order of the same bills is handed out again
    )
    async def post(self, checkout_id: CheckoutId) -> CheckoutOrder:
        """Make the order to pay next, or hand out the open one again."""
        return await actions.proceed(self.deps, self.actor, checkout_id)


ROUTES = [
    Route("/api/v1/me/checkouts", CheckoutsHandler),
    Route("/api/v1/me/checkouts/{checkout_id}", CheckoutHandler),
    Route("/api/v1/me/checkouts/{checkout_id}/next", CheckoutNextHandler),
]
