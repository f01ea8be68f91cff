"""Endpoints of outages: announced, postponed and ended for a compound, read by all there."""

from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.repairs.outages import actions as outages
from services.repairs.outages.models import (
    CancelOutage,
    NewOutage,
    OutageKind,
    OutagesAtQuery,
    OutagesQuery,
    OutageView,
    PostponeOutage,
)

OutageId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the outage, as it was answered.")
]


class PlaceOutagesHandler(ApiHandler):
    @endpoint("listPlaceOutages", needs=Permission.DISPATCH_REPAIRS)
    async def get(self, place: PlacePath, query: OutagesQuery) -> Page[OutageView]:
        """Outages at a place and below it, the latest beginning first."""
        return await outages.listing(self.deps, self.actor, place, query)

    @endpoint(
        "createOutage",
        needs=Permission.DISPATCH_REPAIRS,
        status=201,
        errors=(
            "outage_wrong_place",
            "outage_bad_times",
            "outage_exists",
            "repair_category_unknown",
            "repair_category_ended",
        ),
        example=NewOutage(
            places=["cc.chaoyang.guilin.xincheng.c07.b3"],
            kind=OutageKind.WATER,
            planned=True,
            categories=["no_water"],
            begins_at=datetime(2026, 12, 1, 1, tzinfo=UTC),
            ends_at=datetime(2026, 12, 1, 9, tzinfo=UTC),
            text="更换水泵,请提前存水",
        ),
    )
    async def post(self, place: PlacePath, body: NewOutage) -> OutageView:
        """Announce an outage of a compound: everybody who lives there is told."""
        return await outages.announce(self.deps, self.actor, place, body)


class OutagesHandler(ApiHandler):
    @endpoint("listOutages", needs=Access.SIGNED_IN, errors=("not_found",))
    async def get(self, query: OutagesAtQuery) -> Page[OutageView]:
        """What does not work at a place now, or will not; to read before reporting it."""
        return await outages.at_place(self.deps, self.actor, query)


class OutageHandler(ApiHandler):
    @endpoint("getOutage", needs=Access.SIGNED_IN)
    async def get(self, outage_id: OutageId) -> OutageView:
        """One outage of a compound where I live or work."""
        return await outages.get(self.deps, self.actor, outage_id)


class OutageExpectedEndHandler(ApiHandler):
    @endpoint(
        "updateOutageExpectedEnd",
        needs=Permission.DISPATCH_REPAIRS,
        errors=("outage_moved_on", "outage_bad_times"),
        example=PostponeOutage(ends_at=datetime(2026, 12, 1, 12, tzinfo=UTC)),
    )
    async def post(self, outage_id: OutageId, body: PostponeOutage) -> OutageView:
        """Change when an outage is expected to be over: everybody is told again."""
        return await outages.postpone(self.deps, self.actor, outage_id, body)


class OutageEndHandler(ApiHandler):
    @endpoint(
        "endOutage",
        needs=Permission.DISPATCH_REPAIRS,
        errors=("outage_moved_on", "outage_not_begun"),
    )
    async def post(self, outage_id: OutageId) -> OutageView:
        """Say that an outage is over: all who reported it are asked whether it really is."""
        return await outages.end(self.deps, self.actor, outage_id)


class OutageCancelHandler(ApiHandler):
    @endpoint(
        "cancelOutage",
        needs=Permission.DISPATCH_REPAIRS,
        errors=("outage_moved_on", "outage_begun"),
        example=CancelOutage(reason="施工改期,另行通告"),
    )
    async def post(self, outage_id: OutageId, body: CancelOutage) -> OutageView:
        """Cancel a planned outage before it begins."""
        return await outages.cancel(self.deps, self.actor, outage_id, body)


ROUTES = [
    Route("/api/v1/places/{place}/outages", PlaceOutagesHandler),
    Route("/api/v1/outages", OutagesHandler),
    Route("/api/v1/outages/{outage_id}", OutageHandler),
    Route("/api/v1/outages/{outage_id}/expected-end", OutageExpectedEndHandler),
    Route("/api/v1/outages/{outage_id}/end", OutageEndHandler),
    Route("/api/v1/outages/{outage_id}/cancel", OutageCancelHandler),
]
