"""Endpoints of instalment agreements: what a household owes, in parts on days."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.ids import HomePath
from services.instalments import actions as instalments
from services.instalments.models import (
    AnswerInstalments,
    DecideInstalments,
    InstalmentPart,
    InstalmentsQuery,
    InstalmentsView,
    MyInstalments,
    OfferInstalments,
)
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission

InstalmentsId = Annotated[
    str, Meta(max_length=64, description="Id of the agreement, as lists show it.")
]


class MyInstalmentsHandler(ApiHandler):
    @endpoint("getMyInstalments", needs=Access.SIGNED_IN)
    async def get(self) -> MyInstalments:
        """Agreements about what I owe, with what is paid of each part by now."""
        return await instalments.mine(self.deps, self.actor)


class HomeInstalmentsHandler(ApiHandler):
    @endpoint(
        "offerInstalments",
        needs=Permission.RUN_BILLS,
        status=201,
        errors=(
            "bad_instalments",
            "instalment_bills_changed",
            "instalments_exist",
            "other_payee",
            "own_home",
        ),
        example=OfferInstalments(
            bill_ids=["4t9k2mxa7q4t9k2mxa7q4t9k2m"],
            parts=[
                InstalmentPart(due_on="2026-12-31", amount_fen=30000),
                InstalmentPart(due_on="2027-01-31", amount_fen=31416),
            ],
            grace_days=7,
            stops_late_charges=True,
        ),
    )
    async def post(self, home: HomePath, body: OfferInstalments) -> InstalmentsView:
        """Offer parts to who owes some bills, or enter what they signed; another approves."""
        return await instalments.offer(self.deps, self.actor, home, body)


class InstalmentsHandler(ApiHandler):
    @endpoint("listInstalments", needs=Permission.VIEW_DEBTORS)
    async def get(self, place: PlacePath, query: InstalmentsQuery) -> Page[InstalmentsView]:
        """Agreements of homes under a place; to a firm those of its own money."""
        return await instalments.listing(self.deps, self.actor, place, query)


class AnswerHandler(ApiHandler):
    @endpoint(
        "answerInstalments",
        needs=Permission.PAY_BILLS,
        errors=("instalments_moved_on",),
        example=AnswerInstalments(agree=True),
    )
    async def post(
        self, instalments_id: InstalmentsId, body: AnswerInstalments
    ) -> InstalmentsView:
        """Agree to the parts that I was offered, or not."""
        return await instalments.answer(self.deps, self.actor, instalments_id, body)


class DecisionHandler(ApiHandler):
    @endpoint(
        "decideInstalments",
        needs=Permission.RUN_BILLS,
        errors=(
            "instalment_bills_changed",
            "instalments_moved_on",
            "other_payee",
            "own_home",
            "same_person",
        ),
        example=DecideInstalments(approve=True, reason="已与业主核实"),
    )
    async def post(
        self, instalments_id: InstalmentsId, body: DecideInstalments
    ) -> InstalmentsView:
        """Approve an agreement that somebody else offered, or refuse it."""
        return await instalments.decide(self.deps, self.actor, instalments_id, body)


ROUTES = [
    Route("/api/v1/me/instalments", MyInstalmentsHandler),
    Route("/api/v1/homes/{home}/instalments", HomeInstalmentsHandler),
    Route("/api/v1/places/{place}/instalments", InstalmentsHandler),
    Route("/api/v1/instalments/{instalments_id}/answer", AnswerHandler),
    Route("/api/v1/instalments/{instalments_id}/decision", DecisionHandler),
]
