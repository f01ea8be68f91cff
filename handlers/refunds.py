"""Endpoints of refunds that wait for a person."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.kernel.pages import Page
from services.kernel.permissions import Permission
from services.payments.refunds import actions as refunds
from services.payments.refunds.models import RefundsQuery, RefundView

RefundId = Annotated[
    str,
    Meta(min_length=1, max_length=64, description="Id of the refund, as the list shows it."),
]


class RefundsHandler(ApiHandler):
    @endpoint("listRefunds", needs=Permission.OPERATE)
    async def get(self, query: RefundsQuery) -> Page[RefundView]:
        """Refunds that wait for a person, since WeChat gave them up; others when asked for."""
        return await refunds.listing(self.deps, self.actor, query)


class RetryHandler(ApiHandler):
    @endpoint(
        "retryRefund",
        needs=Permission.OPERATE,
        status=202,
        errors=("own_home", "refund_not_stuck"),
    )
    async def post(self, refund_id: RefundId) -> RefundView:
        """Send a failed refund again, or ask WeChat about an abnormal one."""
        return await refunds.retry(self.deps, self.actor, refund_id)


ROUTES = [
    Route("/api/v1/refunds", RefundsHandler),
    Route("/api/v1/refunds/{refund_id}/retry", RetryHandler),
]
