"""Endpoints of daily reconciliation: WeChat's bills held against our books, day by day."""

from typing import Annotated, Final

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.kernel.pages import Page
from services.kernel.permissions import Permission
from services.reconciliations import actions as reconciliations
from services.reconciliations.differences import actions as differences
from services.reconciliations.differences.models import (
    CloseDifference,
    DayDifferencesQuery,
    DayDifferenceView,
)
from services.reconciliations.models import CloseDay, DayRow, DaysQuery, DayView

ReconciliationId = Annotated[
    str, Meta(max_length=120, description="Id of the day, as the list shows it.")
]
DifferenceId = Annotated[
    str, Meta(max_length=64, description="Id of the difference, as the list shows it.")
]


class ReconciliationsHandler(ApiHandler):
    @endpoint("listReconciliations", needs=Permission.RECONCILE)
    async def get(self, query: DaysQuery) -> Page[DayRow]:
        """Days of the merchant accounts that one looks after."""
        return await reconciliations.listing(self.deps, self.actor, query)


class ReconciliationHandler(ApiHandler):
    @endpoint("getReconciliation", needs=Permission.RECONCILE)
    async def get(self, reconciliation_id: ReconciliationId) -> DayView:
        """A day with its totals: WeChat's bills, our records, our journals."""
        return await reconciliations.get(self.deps, self.actor, reconciliation_id)


class CloseHandler(ApiHandler):
    @endpoint(
        "closeReconciliation",
        needs=Permission.RECONCILE,
        errors=("day_not_ready", "day_unequal"),
        example=CloseDay(reason="差异均已与微信核实"),
    )
    async def post(self, reconciliation_id: ReconciliationId, body: CloseDay) -> DayView:
        """Close a day whose differences are all settled. It is never opened again."""
        return await reconciliations.close(self.deps, self.actor, reconciliation_id, body)


class DifferencesHandler(ApiHandler):
    @endpoint("listReconciliationDifferences", needs=Permission.RECONCILE)
    async def get(self, query: DayDifferencesQuery) -> Page[DayDifferenceView]:
        """Open differences of the accounts that one looks after; others when asked for."""
        return await differences.listing(self.deps, self.actor, query)


class TakeHandler(ApiHandler):
    @endpoint("takeDifference", needs=Permission.RECONCILE, errors=("difference_settled",))
    async def post(self, difference_id: DifferenceId) -> DayDifferenceView:
        """Deal with a difference from now on, also one that somebody else held."""
        return await differences.take(self.deps, self.actor, difference_id)


class CloseDifferenceHandler(ApiHandler):
    @endpoint(
        "closeDifference",
        needs=Permission.RECONCILE,
        errors=("difference_settled", "own_home", "own_cash", "own_payout"),
        example=CloseDifference(reason="微信客服确认为账单漏列"),
    )
    async def post(
        self, difference_id: DifferenceId, body: CloseDifference
    ) -> DayDifferenceView:
        """Close a difference with what was found out; not of a payment of one's own."""
        return await differences.close(self.deps, self.actor, difference_id, body)


DAY: Final = "/api/v1/reconciliations/{reconciliation_id}"
DIFFERENCE: Final = "/api/v1/reconciliation-differences/{difference_id}"
ROUTES = [
    Route("/api/v1/reconciliations", ReconciliationsHandler),
    Route(DAY, ReconciliationHandler),
    Route(f"{DAY}/close", CloseHandler),
    Route("/api/v1/reconciliation-differences", DifferencesHandler),
    Route(f"{DIFFERENCE}/take", TakeHandler),
    Route(f"{DIFFERENCE}/close", CloseDifferenceHandler),
]
