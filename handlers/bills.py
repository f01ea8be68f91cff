"""Endpoints of bills: those of one's own homes, and voiding by the community."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.bills import actions as bills
from services.bills.models import BillView, MonthsAfterVoid, MyBills, MyBillsQuery, VoidBill
from services.bills.outdated import actions as outdated
from services.bills.outdated.models import OutdatedBill, OutdatedBillsQuery
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission

BillId = Annotated[str, Meta(description="Id of the bill, as lists show it.")]


class MyBillsHandler(ApiHandler):
    @endpoint("listMyBills", needs=Permission.PAY_BILLS)
    async def get(self, query: MyBillsQuery) -> MyBills:
        """What my homes owe or have paid, the latest period first."""
        return await bills.listing(self.deps, self.actor, query)


class MyRepairBillsHandler(ApiHandler):
    @endpoint("listMyRepairBills", needs=Access.SIGNED_IN)
    async def get(self, query: MyBillsQuery) -> Page[BillView]:
        """What I owe for repairs that I ordered, or with `state` paid, the latest first."""
        return await bills.repairs_of(self.deps, self.actor, query)


class OutdatedBillsHandler(ApiHandler):
    @endpoint("listOutdatedBills", needs=Permission.RUN_BILLS)
    async def get(self, place: PlacePath, query: OutdatedBillsQuery) -> Page[OutdatedBill]:
        """Issued bills that a correction of their home would change, by home and month.

        Each page looks at twenty corrected homes: go on while there is a `next_cursor`.
        """
        return await outdated.listing(self.deps, self.actor, place, query)


class VoidBillHandler(ApiHandler):
    @endpoint(
        "voidBill",
        needs=Permission.RUN_BILLS,
        errors=("bill_not_owing", "other_payee", "own_home"),
        example=VoidBill(reason="面积登记有误", months=MonthsAfterVoid.OPEN),
    )
    async def post(self, bill_id: BillId, body: VoidBill) -> BillView:
        """Take back an unpaid bill, saying why and what becomes of its months."""
        return await bills.void(self.deps, self.actor, bill_id, body)


ROUTES = [
    Route("/api/v1/me/bills", MyBillsHandler),
    Route("/api/v1/me/repair-bills", MyRepairBillsHandler),
    Route("/api/v1/bills/{bill_id}/void", VoidBillHandler),
    Route("/api/v1/places/{place}/outdated-bills", OutdatedBillsHandler),
]
