"""Endpoints of appointments: given, listed, ended; resignations and substitutes of heads."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.ids import AppointmentId
from services.appointments import actions as appointments
from services.appointments import endings, substitutes
from services.appointments.models import (
    Appoint,
    AppointmentsQuery,
    AppointmentView,
    ChooseContact,
    MyAppointment,
    Resign,
    Substitute,
    Visibility,
)
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Permission, Role


class AppointmentsHandler(ApiHandler):
    @endpoint("listAppointments", needs=Permission.APPOINT, errors=("not_found",))
    async def get(self, query: AppointmentsQuery) -> Page[AppointmentView]:
        """Roles held today, or to be held, in the places I appoint for."""
        return await appointments.listing(self.deps, self.actor, query)

    @endpoint(
        "createAppointment",
        needs=Permission.APPOINT,
        status=201,
        errors=(
            "confirmation_needed",
            "not_found",
            "invalid_phone",
            "role_wrong_rung",
            "term_needed",
            "firm_needed",
            "no_contract",
            "office_taken",
            "already_appointed",
            "duties_separate",
        ),
        example=Appoint(
            role=Role.UNIT_HEAD,
            place="cc.chaoyang.guilin.xincheng.c07.b3.u2",
            phone="19900000005",
            name="王秀兰",
            to_day="2027-12-31",
        ),
        asks_again=True,
    )
    async def post(self, body: Appoint) -> AppointmentView:
        """Give somebody a role at a place for a term."""
        return await appointments.appoint(self.deps, self.actor, body)


class AppointmentHandler(ApiHandler):
    @endpoint("endAppointment", needs=Permission.APPOINT)
    async def delete(self, appointment_id: AppointmentId) -> None:
        """End an appointment at once."""
        await endings.end(self.deps, self.actor, appointment_id)


class MyAppointmentsHandler(ApiHandler):
    @endpoint("listMyAppointments", needs=Access.SIGNED_IN)
    async def get(self, query: ListQuery) -> Page[MyAppointment]:
        """My appointments: those that hold, those to come and the past year's."""
        return await appointments.mine(self.deps, self.actor, query)


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


ROUTES = [
    Route("/api/v1/appointments", AppointmentsHandler),
    Route("/api/v1/appointments/{appointment_id}", AppointmentHandler),
    Route("/api/v1/me/appointments", MyAppointmentsHandler),
    Route("/api/v1/me/appointments/{appointment_id}/contact", MyContactHandler),
    Route("/api/v1/appointments/{appointment_id}/substitute", SubstituteHandler),
    Route("/api/v1/appointments/{appointment_id}/resignation", ResignationHandler),
]
