"""Endpoints of shared costs (公摊): split over homes, approved by a second person, billed."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.shared_costs import actions as shared_costs
from services.shared_costs.models import (
    DecideSharedCost,
    NewSharedCost,
    SharedCostsQuery,
    SharedCostView,
    SharesQuery,
    ShareView,
    Split,
)

PathSharedCostId = Annotated[
    str, Meta(max_length=64, description="Id of the shared cost, as lists show it.")
]


class SharedCostsHandler(ApiHandler):
    @endpoint("listSharedCosts", needs=Permission.RUN_BILLS)
    async def get(self, place: PlacePath, query: SharedCostsQuery) -> Page[SharedCostView]:
        """Costs split over homes of a place, latest days first; a firm sees its own."""
        return await shared_costs.listing(self.deps, self.actor, place, query)

    @endpoint(
        "proposeSharedCost",
        needs=Permission.RUN_BILLS,
        status=201,
        errors=(
            "bad_shared_cost",
            "homes_unmeasured",
            "unknown_payee",
            "payee_may_not_charge",
            "shared_cost_exists",
            "other_payee",
            "own_home",
            "too_large",
        ),
        example=NewSharedCost(
            title="10月电梯电费",
            total_fen=120_000,
            split=Split.AREA,
            from_day="2026-10-01",
            to_day="2026-10-31",
            document_number="电费发票 25220000001",
            payee_id="01kt9a7c4m8q2v5x1z3b6d0e9j",
        ),
    )
    async def post(self, place: PlacePath, body: NewSharedCost) -> SharedCostView:
        """Split a cost over the homes of a place; another person approves it.

        The shares come to the sum, to the fen. Homes whose measure is not known are named in
        the refusal, and nothing is split.
        """
        return await shared_costs.propose(self.deps, self.actor, place, body)


class SharesHandler(ApiHandler):
    @endpoint("listSharedCostShares", needs=Permission.RUN_BILLS)
    async def get(
        self, shared_cost_id: PathSharedCostId, query: SharesQuery
    ) -> Page[ShareView]:
        """What each home pays of a cost, with the computation; a firm sees its own."""
        return await shared_costs.shares_of(self.deps, self.actor, shared_cost_id, query)


class DecisionHandler(ApiHandler):
    @endpoint(
        "decideSharedCost",
        needs=Permission.RUN_BILLS,
        errors=(
            "same_person",
            "shared_cost_decided",
            "payee_may_not_charge",
            "unknown_payee",
            "other_payee",
            "own_home",
        ),
        example=DecideSharedCost(approve=True, reason="与发票一致"),
    )
    async def post(
        self, shared_cost_id: PathSharedCostId, body: DecideSharedCost
    ) -> SharedCostView:
        """Approve a cost that somebody else proposed, which bills it at once, or refuse it."""
        return await shared_costs.decide(self.deps, self.actor, shared_cost_id, body)


ROUTES = [
    Route("/api/v1/places/{place}/shared-costs", SharedCostsHandler),
    Route("/api/v1/shared-costs/{shared_cost_id}/shares", SharesHandler),
    Route("/api/v1/shared-costs/{shared_cost_id}/decision", DecisionHandler),
]
