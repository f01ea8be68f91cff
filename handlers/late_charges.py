"""Endpoints of late charges (违约金): rules of contracts, what is due by them, and bills."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from handlers.http.ids import HomePath
from services.fees.models import HomeFee
from services.kernel.days import Day
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.late_charges import actions as late_charges
from services.late_charges.loans import actions as loans
from services.late_charges.loans.models import LoanRates, LoanRateView, SetLoanRate
from services.late_charges.models import (
    DecideLateFees,
    LateChargesSoFar,
    LateFeesQuery,
    LateFeesView,
    LateLinesQuery,
    LateLineView,
    NewLateFees,
)
from services.late_charges.rules import actions as rules
from services.late_charges.rules import ends
from services.late_charges.rules.models import (
    DecideLateRule,
    EndLateRule,
    LateRulesQuery,
    LateRuleView,
    LateStop,
    NewLateRule,
)

LateRuleId = Annotated[
    str, Meta(max_length=64, description="Id of the rule, as the list shows it.")
]
LateFeesId = Annotated[
    str, Meta(max_length=64, description="Id of the late charges, as the list shows it.")
]
PathDay = Annotated[Day, Meta(description="Day from which the rate holds.")]


class LoanRatesHandler(ApiHandler):
    @endpoint("getLoanRates", needs=Access.SIGNED_IN)
    async def get(self) -> LoanRates:
        """Rates of one year's loans, against which late charges are measured."""
        return await loans.listing(self.deps)


class LoanRateHandler(ApiHandler):
    @endpoint(
        "replaceLoanRate",
        needs=Permission.KEEP_LOAN_RATES,
        errors=("bad_loan_rate_day",),
        example=SetLoanRate(rate=300, source="全国银行间同业拆借中心公告"),
    )
    async def put(self, day: PathDay, body: SetLoanRate) -> LoanRateView:
        """Enter the rate of one year's loans that was announced on a day."""
        return await loans.replace(self.deps, self.actor, day, body)


class LateRulesHandler(ApiHandler):
    @endpoint("listLateChargeRules", needs=Permission.MANAGE_FEES)
    async def get(self, place: PlacePath, query: LateRulesQuery) -> Page[LateRuleView]:
        """Rules of late charges of the compounds at or under a place."""
        return await rules.listing(self.deps, self.actor, place, query)

    @endpoint(
        "proposeLateChargeRule",
        needs=Permission.MANAGE_FEES,
        status=201,
        errors=("bad_late_rule", "unknown_payee", "late_rate_warning", "late_rule_exists"),
        example=NewLateRule(
            payee_id="01kt9a7c4m8q2v5x1z3b6d0e9j",
            kinds=[HomeFee.PROPERTY_FEE],
            daily_rate=100,
            stops=[LateStop.PAUSE],
            source="物业服务合同第18条",
            page=7,
            start_day="2026-12-01",
        ),
    )
    async def post(self, place: PlacePath, body: NewLateRule) -> LateRuleView:
        """Propose what a contract says about late payment; another person approves it."""
        return await rules.propose(self.deps, self.actor, place, body)


class LateRuleDecisionHandler(ApiHandler):
    @endpoint(
        "decideLateChargeRule",
        needs=Permission.MANAGE_FEES,
        errors=("same_person", "late_rate_warning", "late_rule_moved_on"),
        example=DecideLateRule(approve=True, reason="与合同原件一致"),
    )
    async def post(self, rule_id: LateRuleId, body: DecideLateRule) -> LateRuleView:
        """Approve a rule that somebody else proposed, or refuse it."""
        return await rules.decide(self.deps, self.actor, rule_id, body)


class LateRuleEndHandler(ApiHandler):
    @endpoint(
        "endLateChargeRule",
        needs=Permission.MANAGE_FEES,
        errors=("late_rule_moved_on", "late_rule_charged"),
        example=EndLateRule(end_day="2027-12-31"),
    )
    async def post(self, rule_id: LateRuleId, body: EndLateRule) -> LateRuleView:
        """Set the last day of bills that bear late charges, also anew; earlier ones keep it."""
        return await ends.end(self.deps, self.actor, rule_id, body)


class MyLateChargesHandler(ApiHandler):
    @endpoint("getMyLateCharges", needs=Permission.PAY_BILLS)
    async def get(self) -> LateChargesSoFar:
        """What my late bills come to so far by the contract; it is no debt yet."""
        return await late_charges.mine(self.deps, self.actor)


class HomeLateChargesHandler(ApiHandler):
    @endpoint("getLateChargesOfHome", needs=Permission.VIEW_DEBTORS)
    async def get(self, home: HomePath) -> LateChargesSoFar:
        """What late bills of a home come to so far, to a firm its own; no debt until billed."""
        return await late_charges.of_home(self.deps, self.actor, home)


class LateFeesHandler(ApiHandler):
    @endpoint("listLateCharges", needs=Permission.RUN_BILLS)
    async def get(self, place: PlacePath, query: LateFeesQuery) -> Page[LateFeesView]:
        """Late charges that were proposed or billed at a place; to a firm those of its own."""
        return await late_charges.listing(self.deps, self.actor, place, query)

    @endpoint(
        "proposeLateCharges",
        needs=Permission.RUN_BILLS,
        status=201,
        errors=(
            "bad_late_fees",
            "late_fees_wait",
            "no_late_fees",
            "other_payee",
            "own_home",
            "too_large",
            "unknown_payee",
        ),
        example=NewLateFees(payee_id="01kt9a7c4m8q2v5x1z3b6d0e9j", to_day="2026-11-30"),
    )
    async def post(self, place: PlacePath, body: NewLateFees) -> LateFeesView:
        """Count the late charges of a place up to a day; another person approves them."""
        return await late_charges.propose(self.deps, self.actor, place, body)


class LateLinesHandler(ApiHandler):
    @endpoint("listLateChargeLines", needs=Permission.RUN_BILLS)
    async def get(self, late_fees_id: LateFeesId, query: LateLinesQuery) -> Page[LateLineView]:
        """What each bill is charged, with the computation."""
        return await late_charges.lines_of(self.deps, self.actor, late_fees_id, query)


class LateFeesDecisionHandler(ApiHandler):
    @endpoint(
        "decideLateCharges",
        needs=Permission.RUN_BILLS,
        errors=("same_person", "late_fees_decided", "other_payee", "own_home"),
        example=DecideLateFees(approve=True, reason="已核对合同和账单"),
    )
    async def post(self, late_fees_id: LateFeesId, body: DecideLateFees) -> LateFeesView:
        """Approve late charges that somebody else proposed, which bills them; or refuse."""
        return await late_charges.decide(self.deps, self.actor, late_fees_id, body)


ROUTES = [
    Route("/api/v1/loan-rates", LoanRatesHandler),
    Route("/api/v1/loan-rates/{day}", LoanRateHandler),
    Route("/api/v1/places/{place}/late-charge-rules", LateRulesHandler),
    Route("/api/v1/late-charge-rules/{rule_id}/decision", LateRuleDecisionHandler),
    Route("/api/v1/late-charge-rules/{rule_id}/end", LateRuleEndHandler),
    Route("/api/v1/me/late-charges", MyLateChargesHandler),
    Route("/api/v1/homes/{home}/late-charges", HomeLateChargesHandler),
    Route("/api/v1/places/{place}/late-charges", LateFeesHandler),
    Route("/api/v1/late-charges/{late_fees_id}/lines", LateLinesHandler),
    Route("/api/v1/late-charges/{late_fees_id}/decision", LateFeesDecisionHandler),
]
