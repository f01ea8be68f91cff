"""Endpoints of visits: planned by heads, made at the door, counted for who answers for them."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.visits import actions as visits
from services.visits import counts
from services.visits.counts import VisitCounts, VisitCountsQuery
from services.visits.models import (
    HeadVisitsQuery,
    HeadVisitView,
    PlanVisit,
    Postponed,
    RecordVisit,
    UnplannedVisit,
    VisitOutcome,
    VisitPurpose,
)

P = Permission
VisitId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the visit, as lists show it.")
]
HOME = "cc.chaoyang.guilin.xincheng.c07.b3.u2.502"


class VisitsHandler(ApiHandler):
    @endpoint("listVisits", needs=P.PLAN_VISITS, errors=("not_found",))
    async def get(self, query: HeadVisitsQuery) -> Page[HeadVisitView]:
        """My visits, planned and made; those of others are only counted."""
        return await visits.listing(self.deps, self.actor, query)

    @endpoint(
        "createVisit",
        needs=P.PLAN_VISITS,
        status=201,
        errors=(
            "not_found",
            "bad_visit_day",
            "visit_no_substitute",
            "visit_planned",
            "own_home",
        ),
        example=PlanVisit(
            home=HOME, purpose=VisitPurpose.CHECK_IN, day="2026-03-09", every_days=30
        ),
    )
    async def post(self, body: PlanVisit) -> HeadVisitView:
        """Plan a visit of a home, once or again and again."""
        return await visits.plan(self.deps, self.actor, body)


class UnplannedVisitHandler(ApiHandler):
    @endpoint(
        "submitUnplannedVisit",
        needs=P.PLAN_VISITS,
        status=201,
        errors=(
            "not_found",
            "bad_visit_day",
            "visit_nobody_left",
            "visit_planned",
            "own_home",
        ),
        example=UnplannedVisit(
            home=HOME, purpose=VisitPurpose.GREETING, outcome=VisitOutcome.MET
        ),
    )
    async def post(self, body: UnplannedVisit) -> HeadVisitView:
        """Record a visit that was made today without a plan."""
        return await visits.record_unplanned(self.deps, self.actor, body)


class VisitHandler(ApiHandler):
    @endpoint("getVisit", needs=P.PLAN_VISITS, errors=("own_home",))
    async def get(self, visit_id: VisitId) -> HeadVisitView:
        """One of my visits."""
        return await visits.get(self.deps, self.actor, visit_id)


class VisitDayHandler(ApiHandler):
    @endpoint(
        "updateVisitDay",
        needs=P.PLAN_VISITS,
        errors=("own_home", "bad_visit_day", "visit_no_substitute", "visit_moved_on"),
        example=Postponed(day="2026-03-12"),
    )
    async def post(self, visit_id: VisitId, body: Postponed) -> HeadVisitView:
        """Plan a visit for another day."""
        return await visits.postpone(self.deps, self.actor, visit_id, body)


class VisitResultHandler(ApiHandler):
    @endpoint(
        "submitVisitResult",
        needs=P.PLAN_VISITS,
        errors=(
            "bad_visit_day",
            "visit_nobody_left",
            "visit_moved_on",
            "visit_planned",
            "own_home",
        ),
        example=RecordVisit(outcome=VisitOutcome.MET, minutes="老人身体好,想装扶手"),
    )
    async def post(self, visit_id: VisitId, body: RecordVisit) -> HeadVisitView:
        """Record what came of a visit; the next one is planned where there is to be one."""
        return await visits.record(self.deps, self.actor, visit_id, body)


class VisitCancelHandler(ApiHandler):
    @endpoint("cancelVisit", needs=P.PLAN_VISITS, errors=("own_home", "visit_moved_on"))
    async def post(self, visit_id: VisitId) -> HeadVisitView:
        """Cancel a visit, and those that would follow it."""
        return await visits.cancel(self.deps, self.actor, visit_id)


class VisitCountsHandler(ApiHandler):
    @endpoint("getVisitCounts", needs=P.APPOINT)
    async def get(self, place: PlacePath, query: VisitCountsQuery) -> VisitCounts:
        """How many visits each head under a place planned and made, without what they hold."""
        return await counts.of_place(self.deps, self.actor, place, query)


ROUTES = [
    Route("/api/v1/visits", VisitsHandler),
    Route("/api/v1/visits/unplanned", UnplannedVisitHandler),
    Route("/api/v1/visits/{visit_id}", VisitHandler),
    Route("/api/v1/visits/{visit_id}/day", VisitDayHandler),
    Route("/api/v1/visits/{visit_id}/result", VisitResultHandler),
    Route("/api/v1/visits/{visit_id}/cancel", VisitCancelHandler),
    Route("/api/v1/places/{place}/visit-counts", VisitCountsHandler),
]
