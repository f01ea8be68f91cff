"""Endpoints of home requests: filed with proof, advised by heads, decided by the community."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.home_requests import actions as home_requests
from services.home_requests import reviews
from services.home_requests.models import (
    Claim,
    Decide,
    FileRequest,
    GiveAdvice,
    Known,
    MyRequest,
    RequestsQuery,
    RequestView,
    Settlement,
)
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Permission
from services.limits.models import Rate
from services.ownership import disputes
from services.ownership.models import Settle
from services.reveals.models import Field, Reason, Reveal, Revealed

RequestId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the request, as it was answered.")
]
DECISION_ERRORS = (
    "home_request_with_head",
    "home_request_moved_on",
    "home_disputed",
    "own_request",
    "own_home",
    "already_bound",
    "bad_days",
)


class HomeRequestsHandler(ApiHandler):
    @endpoint(
        "createHomeRequest",
        needs=Access.SIGNED_IN,
        status=201,
        errors=(
            "not_found",
            "forbidden",
            "consent_needed",
            "name_needed",
            "invalid_id_number",
            "bad_days",
            "tenancy_needs_end",
            "already_bound",
            "too_many_open_requests",
        ),
        example=FileRequest(
            home="cc.chaoyang.guilin.xincheng.c07.b3.u2.502",
            relation=Claim.TENANT,
            name="李明",
            from_day="2026-03-01",
            to_day="2027-02-28",
            note="租的是王阿姨的房子",
        ),
    )
    async def post(self, body: FileRequest) -> MyRequest:
        """Ask to belong to a home, with proof; staff also for somebody without a phone."""
        return await home_requests.file(self.deps, self.actor, body)

    @endpoint("listHomeRequests", needs=Permission.ADVISE_HOMES, errors=("not_found",))
    async def get(self, query: RequestsQuery) -> Page[RequestView]:
        """Requests for homes of my places, the oldest first."""
        return await reviews.listing(self.deps, self.actor, query)


class HomeRequestHandler(ApiHandler):
    @endpoint("getHomeRequest", needs=Permission.ADVISE_HOMES)
    async def get(self, request_id: RequestId) -> RequestView:
        """One request for a home of my places."""
        return await reviews.get(self.deps, self.actor, request_id)


class AdviceHandler(ApiHandler):
    @endpoint(
        "adviseHomeRequest",
        needs=Permission.ADVISE_HOMES,
        errors=("home_request_moved_on", "own_home", "own_request"),
        example=GiveAdvice(known=Known.YES, reason="住了多年的老邻居"),
    )
    async def post(self, request_id: RequestId, body: GiveAdvice) -> RequestView:
        """Say as a head whether I know them; the community decides."""
        return await reviews.advise(self.deps, self.actor, request_id, body)


class DecisionHandler(ApiHandler):
    @endpoint(
        "decideHomeRequest",
        needs=Permission.DECIDE_HOMES,
        errors=DECISION_ERRORS,
        example=Decide(accept=True, reason="房产证与登记一致"),
    )
    async def post(self, request_id: RequestId, body: Decide) -> RequestView:
        """Accept or reject a request, with a reason."""
        return await reviews.decide(self.deps, self.actor, request_id, body)


class SettlementHandler(ApiHandler):
    @endpoint(
        "settleHomeRequest",
        needs=Permission.DECIDE_HOMES,
        errors=(
            "confirmation_needed",
            "home_request_with_head",
            "home_request_moved_on",
            "home_not_disputed",
            "already_transferred",
            "own_request",
            "own_home",
            "bad_days",
        ),
        example=Settle(outcome=Settlement.SHARE, reason="夫妻共有,证上有两人"),
        asks_again=True,
    )
    async def post(self, request_id: RequestId, body: Settle) -> RequestView:
        """Settle a dispute about an owned home: keep, share or replace, with a reason."""
        return await disputes.resolve(self.deps, self.actor, request_id, body)


class RevealRequestHandler(ApiHandler):
    @endpoint(
        "revealHomeRequest",
        needs=Permission.REVEAL,
        errors=("confirmation_needed", "own_home"),
        example=Reveal(fields=[Field.NAME], reason=Reason.VERIFY_IDENTITY),
        rate=Rate.REVEAL,
        asks_again=True,
    )
    async def post(self, request_id: RequestId, body: Reveal) -> Revealed:
        """The whole name and number of a request, to compare with the proof."""
        return await reviews.reveal(self.deps, self.actor, request_id, body)


class MyRequestsHandler(ApiHandler):
    @endpoint("listMyHomeRequests", needs=Access.SIGNED_IN)
    async def get(self, query: ListQuery) -> Page[MyRequest]:
        """What I filed, newest first."""
        return await home_requests.mine(self.deps, self.actor, query)


class WithdrawHandler(ApiHandler):
    @endpoint("withdrawHomeRequest", needs=Access.SIGNED_IN, errors=("home_request_moved_on",))
    async def post(self, request_id: RequestId) -> MyRequest:
        """Take my request back."""
        return await home_requests.withdraw(self.deps, self.actor, request_id)


ROUTES = [
    Route("/api/v1/home-requests", HomeRequestsHandler),
    Route("/api/v1/home-requests/{request_id}", HomeRequestHandler),
    Route("/api/v1/home-requests/{request_id}/advice", AdviceHandler),
    Route("/api/v1/home-requests/{request_id}/decision", DecisionHandler),
    Route("/api/v1/home-requests/{request_id}/settlement", SettlementHandler),
    Route("/api/v1/home-requests/{request_id}/reveal", RevealRequestHandler),
    Route("/api/v1/me/home-requests", MyRequestsHandler),
    Route("/api/v1/me/home-requests/{request_id}/withdraw", WithdrawHandler),
]
