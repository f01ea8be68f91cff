"""Endpoints of discrepancies with WeChat Pay that wait for a person."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.kernel.pages import Page
from services.kernel.permissions import Permission
from services.payments.discrepancies import actions as discrepancies
from services.payments.discrepancies.models import DiscrepanciesQuery, DiscrepancyView
from services.payments.refunds import actions as refunds

DiscrepancyId = Annotated[
    str, Meta(max_length=200, description="Id of the difference, as the list shows it.")
]


class DiscrepanciesHandler(ApiHandler):
    @endpoint("listDiscrepancies", needs=Permission.OPERATE)
    async def get(self, query: DiscrepanciesQuery) -> Page[DiscrepancyView]:
        """Differences with WeChat that wait for a person; others when asked for."""
        return await discrepancies.listing(self.deps, self.actor, query)


class ReturnHandler(ApiHandler):
    @endpoint(
        "returnDiscrepancy",
        needs=Permission.OPERATE,
        errors=("confirmation_needed", "not_in_suspense", "own_home"),
        asks_again=True,
    )
    async def post(self, discrepancy_id: DiscrepancyId) -> None:
        """Send suspended money back to whoever paid it."""
        await refunds.return_suspended(self.deps, self.actor, discrepancy_id)


ROUTES = [
    Route("/api/v1/discrepancies", DiscrepanciesHandler),
    Route("/api/v1/discrepancies/{discrepancy_id}/return", ReturnHandler),
]
