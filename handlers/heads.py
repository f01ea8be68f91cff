from typing import Annotated

from msgspec import Meta

from handlers.http import cursors, lists
from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.ids import AppointmentId, HomePath
from handlers.http.lists import Page, ShortListQuery
from services.appointments import actions as appointments
from services.appointments import endings, substitutes
from services.appointments.models import (
    AppointmentView,
    ChooseContact,
    MyAppointment,
    Resign,
    Substitute,
    Visibility,
)
from services.heads import actions, hand_overs
from services.heads.models import HandOverView, HeadsView
from services.kernel.permissions import Permission

HandOverId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the hand-over list.")
]


class HomeHeadsHandler(ApiHandler):
    @endpoint("getHomeHeads", needs=Access.PUBLIC)
    async def get(self, home: HomePath) -> HeadsView:
        """Your heads: who looks after this home today, as much as each of them allows."""
        return await actions.heads_of(self.deps, self._actor, home)


class MyAppointmentsHandler(ApiHandler):
    @endpoint("listMyAppointments", needs=Access.SIGNED_IN)
    async def get(self) -> Page[MyAppointment]:
        """My appointments: those that hold, those to come and the past year's."""
        return Page(await appointments.mine(self.deps, self.actor))


class MyContactHandler(ApiHandler):
    @endpoint(
        "updateContactVisibility",
        needs=Access.SIGNED_IN,
        example=ChooseContact(Visibility.RESIDENTS),
    )
    async def post(self, appointment_id: AppointmentId, body: ChooseContact) -> MyAppointment:
        """Choose who sees my number on the page of the heads."""
        return await appointments.choose_contact(self.deps, self.actor, appointment_id, body)


class SubstituteHandler(ApiHandler):
    @endpoint(
        "createSubstitute",
        needs=Permission.APPOINT,
        status=201,
        errors=(
            "confirmation_needed",
            "outside_term",
            "not_a_head",
            "office_taken",
            "invalid_phone",
        ),
        example=Substitute(
            name="李桂英", phone="19900000015", from_day="2026-10-01", to_day="2026-10-31"
        ),
        asks_again=True,
    )
    async def post(self, appointment_id: AppointmentId, body: Substitute) -> AppointmentView:
        """Say who acts for a head from a day to a day, in the head's role."""
        return await substitutes.substitute(self.deps, self.actor, appointment_id, body)


class ResignationHandler(ApiHandler):
    @endpoint(
        "resignAppointment",
        needs=Access.SIGNED_IN,
        errors=("forbidden", "bad_last_day", "appointment_over"),
        example=Resign(reason="搬到女儿家住", last_day="2026-12-31"),
    )
    async def post(self, appointment_id: AppointmentId, body: Resign) -> AppointmentView:
        """Leave my office after a day. The community and the grid are told."""
        return await endings.resign(self.deps, self.actor, appointment_id, body)


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
    async def get(self, query: ShortListQuery) -> Page[HandOverView]:
        """Hand-over lists I gave, received, may receive or answer for, the newest first."""
        items = await hand_overs.listing(
            self.deps, self.actor, before=cursors.read(query.cursor), limit=query.limit
        )
        return lists.page(items, query.limit, lambda item: item.hand_over_id)


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
    Route("/api/v1/homes/{home}/heads", HomeHeadsHandler),
    Route("/api/v1/me/appointments", MyAppointmentsHandler),
    Route("/api/v1/me/appointments/{appointment_id}/contact", MyContactHandler),
    Route("/api/v1/appointments/{appointment_id}/substitute", SubstituteHandler),
    Route("/api/v1/appointments/{appointment_id}/resignation", ResignationHandler),
    Route("/api/v1/appointments/{appointment_id}/hand-over", HandOverHandler),
    Route("/api/v1/hand-overs", HandOversHandler),
    Route("/api/v1/hand-overs/{hand_over_id}", OneHandOverHandler),
    Route("/api/v1/hand-overs/{hand_over_id}/receive", ReceiveHandler),
]
