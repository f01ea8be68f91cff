"""Endpoints of fee reductions: rules, requests of owners, decisions of firm or community."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.fee_reductions import actions as reductions
from services.fee_reductions import decisions
from services.fee_reductions.models import (
    DecideReduction,
    EndReduction,
    HomeReductions,
    NewReduction,
    ReductionsQuery,
    ReductionView,
    RevealDocument,
    RevealedDocument,
)
from services.fee_reductions.rules import actions as rules
from services.fee_reductions.rules.models import (
    Cause,
    Decider,
    EndReductionRule,
    NewReductionRule,
    ReductionRulesQuery,
    ReductionRuleView,
)
from services.fees.models import FeeKind
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.reveals.models import Reason as RevealReason

PathRuleId = Annotated[str, Meta(description="Id of the rule, as lists show it.")]
ReductionId = Annotated[
    str, Meta(min_length=1, max_length=64, description="Id of the reduction, as lists show it.")
]
REFUSALS = (
    "bad_fee_reduction",
    "no_fee_reduction_rule",
    "fee_reduction_exists",
    "fee_reduction_waits",
)
NEW = NewReduction(
    cause=Cause.VACANT, from_day="2026-12-01", to_day="2027-11-30", note="已停水停电"
)
END = EndReduction(last_day="2027-05-31", reason="6月1日入住")


class ReductionRulesHandler(ApiHandler):
    @endpoint("listFeeReductionRules", needs=Permission.MANAGE_FEES)
    async def get(
        self, place: PlacePath, query: ReductionRulesQuery
    ) -> Page[ReductionRuleView]:
        """Rules of fee reductions of the compounds at or under a place."""
        return await rules.listing(self.deps, self.actor, place, query)

    @endpoint(
        "createFeeReductionRule",
        needs=Permission.MANAGE_FEES,
        status=201,
        errors=("bad_fee_reduction_rule", "fee_reduction_rule_exists"),
        example=NewReductionRule(
            cause=Cause.VACANT,
            kinds=[FeeKind.PROPERTY_FEE],
            share=3000,
            longest_months=12,
            decider=Decider.FIRM,
            source="物业服务合同第12条",
            start_day="2026-12-01",
        ),
    )
    async def post(self, place: PlacePath, body: NewReductionRule) -> ReductionRuleView:
        """Write what a contract or a paper lets homes of a compound off."""
        return await rules.add(self.deps, self.actor, place, body)


class ReductionRuleEndHandler(ApiHandler):
    @endpoint(
        "endFeeReductionRule",
        needs=Permission.MANAGE_FEES,
        errors=("fee_reduction_rule_ended",),
        example=EndReductionRule(end_day="2027-12-31"),
    )
    async def post(self, rule_id: PathRuleId, body: EndReductionRule) -> ReductionRuleView:
        """Set the last day of a rule. What was granted by it stays."""
        return await rules.end(self.deps, self.actor, rule_id, body)


class HomeReductionsHandler(ApiHandler):
    @endpoint("getFeeReductionsOfHome", needs=Permission.MANAGE_HOME)
    async def get(self, home: PlacePath) -> HomeReductions:
        """Reductions of a home of mine, and what I may ask for."""
        return await reductions.of_home(self.deps, self.actor, home)

    @endpoint(
        "askForFeeReduction",
        needs=Permission.MANAGE_HOME,
        status=201,
        errors=(*REFUSALS, "consent_needed"),
        example=NEW,
    )
    async def post(self, home: PlacePath, body: NewReduction) -> ReductionView:
        """Ask for a reduction for a home of mine; firm or community decide."""
        return await reductions.ask(self.deps, self.actor, home, body)


class EnteredReductionsHandler(ApiHandler):
    @endpoint(
        "createEnteredFeeReduction",
        needs=Permission.ENTER_REDUCTIONS,
        status=201,
        errors=(*REFUSALS, "own_home"),
        example=NEW,
    )
    async def post(self, home: PlacePath, body: NewReduction) -> ReductionView:
        """Enter a request for an owner who came to the window; somebody else decides."""
        return await reductions.enter(self.deps, self.actor, home, body)


class ReductionsHandler(ApiHandler):
    @endpoint("listFeeReductions", needs=Permission.ENTER_REDUCTIONS)
    async def get(self, place: PlacePath, query: ReductionsQuery) -> Page[ReductionView]:
        """Reductions under a place; to a firm those of vacant homes."""
        return await reductions.listing(self.deps, self.actor, place, query)


class ReductionHandler(ApiHandler):
    @endpoint("getFeeReduction", needs=Access.SIGNED_IN)
    async def get(self, reduction_id: ReductionId) -> ReductionView:
        """A reduction of my home, or of a place of my office."""
        return await reductions.get(self.deps, self.actor, reduction_id)


class ReductionWithdrawalHandler(ApiHandler):
    @endpoint(
        "withdrawFeeReduction", needs=Access.SIGNED_IN, errors=("fee_reduction_moved_on",)
    )
    async def post(self, reduction_id: ReductionId) -> ReductionView:
        """Take back a request of my home that nobody has decided."""
        return await reductions.withdraw(self.deps, self.actor, reduction_id)


class ReductionGivenUpHandler(ApiHandler):
    @endpoint(
        "giveUpFeeReduction",
        needs=Access.SIGNED_IN,
        errors=("fee_reduction_moved_on", "bad_fee_reduction"),
        example=END,
    )
    async def post(self, reduction_id: ReductionId, body: EndReduction) -> ReductionView:
        """End a reduction of my home early, e.g. since it is lived in again."""
        return await reductions.give_up(self.deps, self.actor, reduction_id, body)


class ReductionDecisionHandler(ApiHandler):
    @endpoint(
        "decideFeeReduction",
        needs=Permission.DECIDE_REDUCTIONS,
        errors=(
            "own_fee_reduction",
            "own_home",
            "fee_reduction_exists",
            "fee_reduction_home_sold",
            "fee_reduction_moved_on",
        ),
        example=DecideReduction(grant=True, reason="材料一致"),
    )
    async def post(self, reduction_id: ReductionId, body: DecideReduction) -> ReductionView:
        """Grant or refuse a request; the owner is told."""
        return await decisions.decide(self.deps, self.actor, reduction_id, body)


class ReductionEndHandler(ApiHandler):
    @endpoint(
        "endFeeReduction",
        needs=Permission.DECIDE_REDUCTIONS,
        errors=("own_home", "bad_fee_reduction", "fee_reduction_moved_on"),
        example=END,
    )
    async def post(self, reduction_id: ReductionId, body: EndReduction) -> ReductionView:
        """End a reduction early; the owner is told."""
        return await decisions.end(self.deps, self.actor, reduction_id, body)


class ReductionRevealHandler(ApiHandler):
    @endpoint(
        "revealFeeReductionDocument",
        needs=Permission.DECIDE_REDUCTIONS,
        errors=("own_home",),
        example=RevealDocument(reason=RevealReason.VERIFY_IDENTITY),
    )
    async def post(self, reduction_id: ReductionId, body: RevealDocument) -> RevealedDocument:
        """Whole number of the certificate, to compare it; noted in the audit."""
        return await decisions.reveal(self.deps, self.actor, reduction_id, body)


ROUTES = [
    Route("/api/v1/places/{place}/fee-reduction-rules", ReductionRulesHandler),
    Route("/api/v1/fee-reduction-rules/{rule_id}/end", ReductionRuleEndHandler),
    Route("/api/v1/homes/{home}/fee-reductions", HomeReductionsHandler),
    Route("/api/v1/homes/{home}/entered-fee-reductions", EnteredReductionsHandler),
    Route("/api/v1/places/{place}/fee-reductions", ReductionsHandler),
    Route("/api/v1/fee-reductions/{reduction_id}", ReductionHandler),
    Route("/api/v1/fee-reductions/{reduction_id}/withdraw", ReductionWithdrawalHandler),
    Route("/api/v1/fee-reductions/{reduction_id}/give-up", ReductionGivenUpHandler),
    Route("/api/v1/fee-reductions/{reduction_id}/decision", ReductionDecisionHandler),
    Route("/api/v1/fee-reductions/{reduction_id}/end", ReductionEndHandler),
    Route("/api/v1/fee-reductions/{reduction_id}/reveal", ReductionRevealHandler),
]
