from typing import Annotated

from msgspec import Meta

from handlers.http import cursors, lists
from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from handlers.http.lists import ListQuery, Page
from services.bills.models import BillView
from services.bills.runs import actions as runs
from services.bills.runs.models import BillRunView, StartBillRun
from services.bills.states import BillState
from services.fees import actions as fees
from services.fees.models import EndFeeRule, FeeKind, FeeRuleView, NewFeeRule
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission

RuleId = Annotated[str, Meta(description="Id of the fee rule, as lists show it.")]
RunId = Annotated[str, Meta(description="Id of the bill run, as it was answered.")]


class RunBillsQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which bills of a run to list.

    `state`: State of the bills; drafts unless said otherwise.
    """

    state: BillState = BillState.DRAFT


class FeeRulesHandler(ApiHandler):
    @endpoint("listFeeRules", needs=Permission.MANAGE_FEES)
    async def get(self, place: PlacePath, query: ListQuery) -> Page[FeeRuleView]:
        """Fee rules made for a place and below it, the oldest first."""
        after = cursors.read(query.cursor)
        items = await fees.listing(self.deps, self.actor, place, after=after, limit=query.limit)
        return lists.page(items, query.limit, lambda item: item.rule_id)

    @endpoint(
        "createFeeRule",
        needs=Permission.MANAGE_FEES,
        status=201,
        errors=("bad_fee_rule", "unknown_payee", "fee_rule_exists"),
        example=NewFeeRule(
            kind=FeeKind.PROPERTY_FEE,
            price=6000,
            start_day="2026-01-01",
            due_days=30,
            account="firm",
            payee_name="安居物业",
        ),
    )
    async def post(self, place: PlacePath, body: NewFeeRule) -> FeeRuleView:
        """Write what homes under a place pay from a day on."""
        return await fees.add(self.deps, self.actor, place, body)


class FeeRuleEndHandler(ApiHandler):
    @endpoint(
        "endFeeRule",
        needs=Permission.MANAGE_FEES,
        errors=("bad_fee_rule", "fee_rule_ended"),
        example=EndFeeRule(end_day="2026-12-31"),
    )
    async def post(self, rule_id: RuleId, body: EndFeeRule) -> FeeRuleView:
        """Set a rule's last day. Bills that were made stay as they are."""
        return await fees.end(self.deps, self.actor, rule_id, body)


class BillRunsHandler(ApiHandler):
    @endpoint("listBillRuns", needs=Permission.RUN_BILLS)
    async def get(self, place: PlacePath, query: ListQuery) -> Page[BillRunView]:
        """A compound's bill runs, the latest period first."""
        before = cursors.read(query.cursor)
        items = await runs.listing(
            self.deps, self.actor, place, before=before, limit=query.limit
        )
        return lists.page(items, query.limit, lambda item: f"{item.period}|{item.run_id}")

    @endpoint(
        "startBillRun",
        needs=Permission.RUN_BILLS,
        status=202,
        errors=("not_a_compound", "bill_run_illegal_move", "bill_run_changed"),
        example=StartBillRun(period="2026-11"),
    )
    async def post(self, place: PlacePath, body: StartBillRun) -> BillRunView:
        """Draft a compound's bills. Asked again, the same run drafts what is missing."""
        return await runs.start(self.deps, self.actor, place, body)


class BillRunHandler(ApiHandler):
    @endpoint("getBillRun", needs=Permission.RUN_BILLS)
    async def get(self, run_id: RunId) -> BillRunView:
        """How far a run is, its totals by fee and payee, and what could not be billed."""
        return await runs.get(self.deps, self.actor, run_id)


class PublishBillRunHandler(ApiHandler):
    @endpoint(
        "publishBillRun",
        needs=Permission.RUN_BILLS,
        status=202,
        errors=("bill_run_illegal_move", "bill_run_changed"),
    )
    async def post(self, run_id: RunId) -> BillRunView:
        """Turn a run's drafts into debts and tell the residents."""
        return await runs.publish(self.deps, self.actor, run_id)


class CancelBillRunHandler(ApiHandler):
    @endpoint(
        "cancelBillRun",
        needs=Permission.RUN_BILLS,
        status=202,
        errors=("bill_run_illegal_move", "bill_run_changed"),
    )
    async def post(self, run_id: RunId) -> BillRunView:
        """Remove a run's drafts. Published bills stay."""
        return await runs.cancel(self.deps, self.actor, run_id)


class BillRunBillsHandler(ApiHandler):
    @endpoint("listBillRunBills", needs=Permission.RUN_BILLS)
    async def get(self, run_id: RunId, query: RunBillsQuery) -> Page[BillView]:
        """A run's bills in one state, by home; drafts unless said otherwise."""
        items = await runs.bills_of(
            self.deps,
            self.actor,
            run_id,
            query.state,
            after=cursors.read(query.cursor),
            limit=query.limit,
        )
        return lists.page(items, query.limit, lambda item: f"{item.home}|{item.bill_id}")


ROUTES = [
    Route("/api/v1/places/{place}/fee-rules", FeeRulesHandler),
    Route("/api/v1/fee-rules/{rule_id}/end", FeeRuleEndHandler),
    Route("/api/v1/places/{place}/bill-runs", BillRunsHandler),
    Route("/api/v1/bill-runs/{run_id}", BillRunHandler),
    Route("/api/v1/bill-runs/{run_id}/publish", PublishBillRunHandler),
    Route("/api/v1/bill-runs/{run_id}/cancel", CancelBillRunHandler),
    Route("/api/v1/bill-runs/{run_id}/bills", BillRunBillsHandler),
]
