"""Endpoints of terms of repairs: how long they may take, written by who keeps the rules."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.repairs.classes import Danger
from services.repairs.terms import actions as terms
from services.repairs.terms import origins
from services.repairs.terms.models import (
    Allowance,
    EffectiveTermsQuery,
    EffectiveTermsView,
    NewTerms,
    TermsQuery,
    TermsView,
)
from services.working_time.models import Pace


class RepairTermsHandler(ApiHandler):
    @endpoint("listRepairTerms", needs=Permission.MANAGE_REPAIR_RULES)
    async def get(self, place: PlacePath, query: TermsQuery) -> Page[TermsView]:
        """Versions of the terms of repairs that were written for a place and below it."""
        return await terms.listing(self.deps, self.actor, place, query)

    @endpoint(
        "createRepairTerms",
        needs=Permission.MANAGE_REPAIR_RULES,
        status=201,
        errors=("bad_repair_terms", "repair_terms_moved_on"),
        example=NewTerms(
            after_version=0,
            category="water_leak",
            danger=Danger.URGENT,
            response=Allowance(minutes=60, pace=Pace.CONTINUOUS),
            completion=Allowance(minutes=1440, pace=Pace.CONTINUOUS),
            from_day="2026-12-01",
        ),
    )
    async def post(self, place: PlacePath, body: NewTerms) -> TermsView:
        """Write the next version of some terms. Tickets that are filed keep their deadlines."""
        return await terms.write(self.deps, self.actor, place, body)


class EffectiveTermsHandler(ApiHandler):
    @endpoint(
        "getEffectiveRepairTerms",
        needs=Permission.MANAGE_REPAIR_RULES,
        errors=("bad_repair_terms",),
    )
    async def get(self, place: PlacePath, query: EffectiveTermsQuery) -> EffectiveTermsView:
        """Terms that a repair filed now would have, by class, and who set them."""
        return await origins.effective(self.deps, self.actor, place, query)


ROUTES = [
    Route("/api/v1/places/{place}/repair-terms", RepairTermsHandler),
    Route("/api/v1/places/{place}/repair-terms/effective", EffectiveTermsHandler),
]
