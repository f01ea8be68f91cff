"""Endpoints of fee rules: listed, added and ended by the community."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.fees import actions as fees
from services.fees.models import (
    BillingPeriod,
    EndFeeRule,
    FeeKind,
    FeeRulesQuery,
    FeeRuleView,
    NewFeeRule,
    NewRuleSource,
    Proration,
    SourceKind,
)
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission

RuleId = Annotated[str, Meta(description="Id of the fee rule, as lists show it.")]


class FeeRulesHandler(ApiHandler):
    @endpoint("listFeeRules", needs=Permission.MANAGE_FEES)
    async def get(self, place: PlacePath, query: FeeRulesQuery) -> Page[FeeRuleView]:
        """Fee rules made for a place and below it, the oldest first."""
        return await fees.listing(self.deps, self.actor, place, query)

    @endpoint(
        "createFeeRule",
        needs=Permission.MANAGE_FEES,
        status=201,
        errors=(
            "bad_fee_rule",
            "unknown_payee",
            "payee_may_not_charge",
            "fee_rule_exists",
            "own_home",
        ),
        example=NewFeeRule(
            kind=FeeKind.PROPERTY_FEE,
            price=6000,
            start_day="2026-01-01",
            due_days=30,
            period=BillingPeriod.QUARTERLY,
            proration=Proration.THIRTY_DAYS,
            source=NewRuleSource(
                kind=SourceKind.CONTRACT, title="春光小区物业服务合同", number="2026-8"
            ),
            payee_id="vh5c0rk2fqv5zs2a6p4m9x1e7d",
        ),
    )
    async def post(self, place: PlacePath, body: NewFeeRule) -> FeeRuleView:
        """Write what homes under a place pay from a day on."""
        return await fees.add(self.deps, self.actor, place, body)


class FeeRuleEndHandler(ApiHandler):
    @endpoint(
        "endFeeRule",
        needs=Permission.MANAGE_FEES,
        errors=("bad_fee_rule", "fee_rule_ended", "own_home"),
        example=EndFeeRule(end_day="2026-12-31"),
    )
    async def post(self, rule_id: RuleId, body: EndFeeRule) -> FeeRuleView:
        """Set a rule's last day. Bills that were made stay as they are."""
        return await fees.end(self.deps, self.actor, rule_id, body)


ROUTES = [
    Route("/api/v1/places/{place}/fee-rules", FeeRulesHandler),
    Route("/api/v1/fee-rules/{rule_id}/end", FeeRuleEndHandler),
]
