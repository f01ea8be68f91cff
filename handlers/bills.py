from typing import Literal

from msgspec import Struct

from handlers import cursors
from handlers.base import ApiHandler
from handlers.contract import Route, endpoint
from services.bills import actions as bills
from services.bills.models import BillView, MonthsAfterVoid, Owed, VoidBill
from services.bills.states import BillState
from services.kernel.permissions import Permission


class MyBillsQuery(Struct, forbid_unknown_fields=True):
    state: Literal["owing", "paid"] = "owing"
    limit: cursors.Limit = 50
    cursor: cursors.Cursor | None = None


class MyBills(Struct, kw_only=True):
    """One page of bills. `owed` is everything my homes owe, whatever the page holds."""

    items: list[BillView]
    next_cursor: str | None
    owed: Owed


class MyBillsHandler(ApiHandler):
    @endpoint(needs=Permission.PAY_BILLS)
    async def get(self, query: MyBillsQuery) -> MyBills:
        """What my homes owe or have paid, the latest period first."""
        items = await bills.mine(
            self.deps,
            self.actor,
            BillState(query.state),
            before=cursors.read(query.cursor),
            limit=query.limit,
        )
        page = cursors.page(items, query.limit, lambda item: f"{item.period}|{item.bill_id}")
        owed = await bills.owed(self.deps, self.actor)
        return MyBills(items=page.items, next_cursor=page.next_cursor, owed=owed)


class VoidBillHandler(ApiHandler):
    @endpoint(
        needs=Permission.RUN_BILLS,
        errors=("bill_not_owing",),
        example=VoidBill(reason="面积登记有误", months=MonthsAfterVoid.OPEN),
    )
    async def post(self, bill_id: str, body: VoidBill) -> BillView:
        """Take back an unpaid bill, saying why and what becomes of its months."""
        return await bills.void(self.deps, self.actor, bill_id, body)


ROUTES = [
    Route("/api/v1/me/bills", MyBillsHandler),
    Route("/api/v1/bills/{bill_id}/void", VoidBillHandler),
]
