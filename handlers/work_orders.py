"""Endpoints of work orders: a repair on paper, and where the code on it leads."""

from typing import Annotated, Final

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.downloads import Download, fixed
from services.kernel.permissions import Permission
from services.kernel.sheets import PDF
from services.repairs.work_orders import actions as work_orders

RepairId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the repair, as it was answered.")
]
# The same whatever the id is: it tells nobody which repairs there are.
PAGE: Final = fixed(
    """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>维修工单</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body style="font: 1.5em sans-serif; margin: 2em; text-align: center">
<p>请用微信“扫一扫”扫这个码</p></body></html>
""".encode(),
    "text/html; charset=utf-8",
)


class WorkOrderHandler(ApiHandler):
    @endpoint("getWorkOrder", needs=Permission.WORK_ON_REPAIRS, media_type=PDF)
    async def get(self, repair_id: RepairId) -> Download:
        """Sheet of a repair, to take along and to have signed."""
        number, made = await work_orders.printed(self.deps, self.actor, repair_id)
        return Download(made, PDF, f"维修工单{number}.pdf")


class WorkOrderPageHandler(ApiHandler):
    @endpoint("getWorkOrderPage", needs=Access.PUBLIC, media_type="text/html")
    async def get(self, repair_id: RepairId) -> Download:  # noqa: ARG002  # in the address
        """Page for who scans the code of a work order with anything but WeChat."""
        return PAGE


ROUTES = [
    Route("/api/v1/repairs/{repair_id}/work-order", WorkOrderHandler),
    Route("/r/{repair_id}", WorkOrderPageHandler),
]
