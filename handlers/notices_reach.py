"""Reach of notices: whom they got to, which doors are left to knock at, and what came of it."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from handlers.http.streams import EventsHandler
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.notices.figures import actions as figures
from services.notices.figures import glances
from services.notices.figures.models import NoticeProgress, NoticeReach, ReachQuery
from services.notices.models import NoticeId
from services.notices.unreached import actions as unreached
from services.notices.unreached.models import (
    UnreachedHome,
    UnreachedHomesQuery,
    UnreachedQuery,
)
from services.notices.visits import actions as visits
from services.notices.visits.models import (
    HomeVisits,
    NewVisit,
    ToldWhom,
    VisitResult,
    VisitsQuery,
    VisitView,
)

P = Permission


class NoticeReachHandler(ApiHandler):
    @endpoint("getNoticeReach", needs=P.SEND_NOTICES, errors=("notice_not_published",))
    async def get(self, notice_id: NoticeId, query: ReachQuery) -> NoticeReach:
        """How many homes and people the notice reached, at a place and directly below it."""
        return await figures.reach(self.deps, self.actor, notice_id, query)


class NoticeProgressHandler(EventsHandler):
    @endpoint(
        "getNoticeProgress",
        needs=P.SEND_NOTICES,
        errors=("notice_not_published", "too_many_streams"),
        has_events=True,
    )
    async def get(self, notice_id: NoticeId) -> NoticeProgress:
        """How far the telling of those whom it is for got; also as server-sent events."""
        return await figures.progress(self.deps, self.actor, notice_id)

    async def glance(self, shown: NoticeProgress) -> NoticeProgress:
        return await glances.again(self.deps, self.actor, shown)


class UnreachedHandler(ApiHandler):
    @endpoint("listUnreachedByNotice", needs=P.SEND_NOTICES, errors=("notice_not_published",))
    async def get(self, notice_id: NoticeId, query: UnreachedQuery) -> Page[UnreachedHome]:
        """Homes that the notice did not reach, for senders who see the residents, by path."""
        return await unreached.of_notice(self.deps, self.actor, notice_id, query)


class UnreachedHomesHandler(ApiHandler):
    @endpoint("listUnreachedHomes", needs=P.VIEW_RESIDENTS)
    async def get(self, place: PlacePath, query: UnreachedHomesQuery) -> Page[UnreachedHome]:
        """Doors to knock at: homes of a unit, building or grid that notices did not reach."""
        return await unreached.at_place(self.deps, self.actor, place, query)


class NoticeVisitsHandler(ApiHandler):
    @endpoint("listNoticeVisits", needs=P.SEND_NOTICES, errors=("notice_not_published",))
    async def get(self, notice_id: NoticeId, query: VisitsQuery) -> Page[VisitView]:
        """Visits because of the notice, for senders who see the residents, by home."""
        return await visits.listing(self.deps, self.actor, notice_id, query)


class HomeVisitsHandler(ApiHandler):
    @endpoint("getHomeVisits", needs=P.VIEW_RESIDENTS)
    async def get(self, notice_id: NoticeId, home: PlacePath) -> HomeVisits:
        """Visits of one home because of the notice."""
        return await visits.of_home(self.deps, self.actor, notice_id, home)

    @endpoint(
        "createHomeVisit",
        needs=P.VIEW_RESIDENTS,
        status=201,
        errors=("own_home", "bad_visit", "too_many_visits", "notice_moved_on"),
        example=NewVisit(result=VisitResult.TOLD, told_whom=ToldWhom.OWNER),
    )
    async def post(self, notice_id: NoticeId, home: PlacePath, body: NewVisit) -> VisitView:
        """Record a visit: somebody told, or a paper left, counts as reached."""
        return await visits.record(self.deps, self.actor, notice_id, home, body)


ROUTES = [
    Route("/api/v1/notices/{notice_id}/reach", NoticeReachHandler),
    Route("/api/v1/notices/{notice_id}/progress", NoticeProgressHandler),
    Route("/api/v1/notices/{notice_id}/unreached", UnreachedHandler),
    Route("/api/v1/notices/{notice_id}/visits", NoticeVisitsHandler),
    Route("/api/v1/notices/{notice_id}/homes/{home}/visits", HomeVisitsHandler),
    Route("/api/v1/places/{place}/unreached-homes", UnreachedHomesHandler),
]
