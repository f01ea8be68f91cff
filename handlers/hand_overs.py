"""Endpoints of hand-overs from one head to the next."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.ids import AppointmentId
from services.heads import hand_overs
from services.heads.models import HandOversQuery, HandOverView
from services.kernel.pages import Page

HandOverId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the hand-over list.")
]


class HandOverHandler(ApiHandler):
    @endpoint(
        "createHandOver",
        needs=Access.SIGNED_IN,
        status=201,
        errors=("not_in_office", "not_a_head", "hand_over_made"),
    )
    async def post(self, appointment_id: AppointmentId) -> HandOverView:
        """List what there is to do at a head's place and offer it to the next one."""
        return await hand_overs.hand_over(self.deps, self.actor, appointment_id)


class HandOversHandler(ApiHandler):
    @endpoint("listHandOvers", needs=Access.SIGNED_IN)
    async def get(self, query: HandOversQuery) -> Page[HandOverView]:
        """Hand-over lists I gave, received, may receive or answer for, the newest first."""
        return await hand_overs.listing(self.deps, self.actor, query)


class OneHandOverHandler(ApiHandler):
    @endpoint("getHandOver", needs=Access.SIGNED_IN)
    async def get(self, hand_over_id: HandOverId) -> HandOverView:
        """One hand-over list."""
        return await hand_overs.get(self.deps, self.actor, hand_over_id)


class ReceiveHandler(ApiHandler):
    @endpoint(
        "receiveHandOver", needs=Access.SIGNED_IN, errors=("forbidden", "hand_over_closed")
    )
    async def post(self, hand_over_id: HandOverId) -> HandOverView:
        """Take a hand-over list over, as the next head or for them."""
        return await hand_overs.receive(self.deps, self.actor, hand_over_id)


ROUTES = [
    Route("/api/v1/appointments/{appointment_id}/hand-over", HandOverHandler),
    Route("/api/v1/hand-overs", HandOversHandler),
    Route("/api/v1/hand-overs/{hand_over_id}", OneHandOverHandler),
    Route("/api/v1/hand-overs/{hand_over_id}/receive", ReceiveHandler),
]
