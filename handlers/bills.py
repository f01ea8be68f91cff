"""Endpoints of bills: those of one's own homes, and voiding by the community."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from handlers.http import cursors, lists
from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from handlers.http.lists import ListQuery, Page
from services.bills import actions as bills
from services.bills.models import BillView, MonthsAfterVoid, OwedBills, VoidBill
from services.bills.outdated import actions as outdated
from services.bills.outdated.models import OutdatedBill
from services.bills.states import BillState
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.kernel.types import Opaque

BillId = Annotated[str, Meta(description="Id of the bill, as lists show it.")]


class MyBillsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which of my bills to list.

    `state`: Owed bills, or paid ones.
    """

    state: Literal["owing", "paid"] = "owing"


class MyBills(Struct, kw_only=True):
    """One page of bills, and what is owed beyond the page.

    `items`: Bills of this page, the latest period first.
    `next_cursor`: Send it as `cursor` for the next page; null on the last page.
    `owed`: Everything my homes owe, whatever the page holds.
    """

    items: list[BillView]
    next_cursor: str | None
    owed: OwedBills


class MyBillsHandler(ApiHandler):
    @endpoint("listMyBills", needs=Permission.PAY_BILLS)
    async def get(self, query: MyBillsQuery) -> MyBills:
        """What my homes owe or have paid, the latest period first."""
        items = await bills.listing(
            self.deps,
            self.actor,
            BillState(query.state),
            before=cursors.read(query.cursor),
            limit=query.limit,
        )
        page = lists.page(items, query.limit, lambda item: f"{item.period}|{item.bill_id}")
        owed = await bills.owed(self.deps, self.actor)
        return MyBills(items=page.items, next_cursor=page.next_cursor, owed=owed)


class OutdatedQuery(Struct, forbid_unknown_fields=True):
    """Which part of the list.

    `cursor`: `next_cursor` of the page before; the first page without it.
    """

    cursor: Opaque | None = None


class OutdatedBillsHandler(ApiHandler):
    @endpoint("listOutdatedBills", needs=Permission.RUN_BILLS)
    async def get(self, place: PlacePath, query: OutdatedQuery) -> Page[OutdatedBill]:
        """Issued bills that a correction of their home would change, by home and month.

        Each page looks at twenty corrected homes: go on while there is a `next_cursor`.
        """
        after = cursors.read(query.cursor)
        found = await outdated.listing(self.deps, self.actor, place, after=after)
        return Page(found.items, cursors.write(found.after) if found.after else None)


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
    Route("/api/v1/bills/{bill_id}/void", VoidBillHandler),
    Route("/api/v1/places/{place}/outdated-bills", OutdatedBillsHandler),
]
