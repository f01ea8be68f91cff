"""Endpoints of call-backs: repairs of a month that the community asks about once more."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.repairs.call_backs import actions as call_backs
from services.repairs.call_backs.models import (
    CallBackResult,
    CallBacksQuery,
    CallBackView,
    RecordCallBack,
)

CallBackId = Annotated[
    str,
    Meta(min_length=1, max_length=64, description="Id of the call-back, as it was answered."),
]


class CallBacksHandler(ApiHandler):
    @endpoint("listRepairCallBacks", needs=Permission.CALL_BACK_REPAIRS)
    async def get(self, place: PlacePath, query: CallBacksQuery) -> Page[CallBackView]:
        """Repairs under a place to ask about once more; for heads, of what all share."""
        return await call_backs.listing(self.deps, self.actor, place, query)


class CallBackResultHandler(ApiHandler):
    @endpoint(
        "submitRepairCallBack",
        needs=Permission.CALL_BACK_REPAIRS,
        errors=("not_found", "forbidden", "repair_called_back", "repair_call_back_ended"),
        example=RecordCallBack(result=CallBackResult.NOT_FIXED, note="灯还是一闪一闪"),
    )
    async def post(self, call_back_id: CallBackId, body: RecordCallBack) -> CallBackView:
        """Record what was said; what is not fixed is opened again."""
        return await call_backs.record(self.deps, self.actor, call_back_id, body)


ROUTES = [
    Route("/api/v1/places/{place}/repair-call-backs", CallBacksHandler),
    Route("/api/v1/repair-call-backs/{call_back_id}/result", CallBackResultHandler),
]
