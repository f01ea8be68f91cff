from msgspec import Struct

from handlers import cursors
from handlers.base import ApiHandler
from handlers.contract import Page, Route, endpoint
from services.bills.models import BillView
from services.bills.runs import actions as runs
from services.bills.runs.models import BillRunView, StartBillRun
from services.bills.states import BillState
from services.fees import actions as fees
from services.fees.models import EndFeeRule, FeeKind, FeeRuleView, NewFeeRule
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission


class FeesQuery(Struct, forbid_unknown_fields=True):
    limit: cursors.Limit = 50
    cursor: cursors.Cursor | None = None


class RunBillsQuery(Struct, forbid_unknown_fields=True):
    state: BillState = BillState.DRAFT
    limit: cursors.Limit = 50
    cursor: cursors.Cursor | None = None


class FeeRulesHandler(ApiHandler):
    @endpoint(needs=Permission.MANAGE_FEES)
    async def get(self, place: PlacePath, query: FeesQuery) -> Page[FeeRuleView]:
        """Fee rules made for a place and below it, the oldest first."""
        after = cursors.read(query.cursor)
        items = await fees.listing(self.deps, self.actor, place, after=after, limit=query.limit)
        return cursors.page(items, query.limit, lambda item: item.rule_id)

    @endpoint(
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
        needs=Permission.MANAGE_FEES,
        errors=("bad_fee_rule", "fee_rule_ended"),
        example=EndFeeRule(end_day="2026-12-31"),
    )
    async def post(self, rule_id: str, body: EndFeeRule) -> FeeRuleView:
        """Set a rule's last day. Bills that were made stay as they are."""
        return await fees.end(self.deps, self.actor, rule_id, body)


class BillRunsHandler(ApiHandler):
    @endpoint(needs=Permission.RUN_BILLS)
    async def get(self, place: PlacePath, query: FeesQuery) -> Page[BillRunView]:
        """A compound's bill runs, the latest period first."""
        before = cursors.read(query.cursor)
        items = await runs.listing(
            self.deps, self.actor, place, before=before, limit=query.limit
        )
        return cursors.page(items, query.limit, lambda item: f"{item.period}|{item.run_id}")

    @endpoint(
        needs=Permission.RUN_BILLS,
        status=202,
        errors=("not_a_compound", "bill_run_illegal_move", "bill_run_changed"),
        example=StartBillRun(period="2026-11"),
    )
    async def post(self, place: PlacePath, body: StartBillRun) -> BillRunView:
        """Draft a compound's bills. Asked again, the same run drafts what is missing."""
        return await runs.start(self.deps, self.actor, place, body)


class BillRunHandler(ApiHandler):
    @endpoint(needs=Permission.RUN_BILLS)
    async def get(self, run_id: str) -> BillRunView:
        """How far a run is, its totals by fee and payee, and what could not be billed."""
        return await runs.get(self.deps, self.actor, run_id)


class PublishBillRunHandler(ApiHandler):
    @endpoint(
        needs=Permission.RUN_BILLS,
        status=202,
        errors=("bill_run_illegal_move", "bill_run_changed"),
    )
    async def post(self, run_id: str) -> BillRunView:
        """Turn a run's drafts into debts and tell the residents."""
        return await runs.publish(self.deps, self.actor, run_id)


class CancelBillRunHandler(ApiHandler):
    @endpoint(
        needs=Permission.RUN_BILLS,
        status=202,
        errors=("bill_run_illegal_move", "bill_run_changed"),
    )
    async def post(self, run_id: str) -> BillRunView:
        """Remove a run's drafts. Published bills stay."""
        return await runs.cancel(self.deps, self.actor, run_id)


class BillRunBillsHandler(ApiHandler):
    @endpoint(needs=Permission.RUN_BILLS)
    async def get(self, run_id: str, query: RunBillsQuery) -> Page[BillView]:
        """A run's bills in one state, by home; drafts unless said otherwise."""
        items = await runs.bills_of(
            self.deps,
            self.actor,
            run_id,
            query.state,
            after=cursors.read(query.cursor),
            limit=query.limit,
        )
        return cursors.page(items, query.limit, lambda item: f"{item.home}|{item.bill_id}")


ROUTES = [
    Route("/api/v1/places/{place}/fee-rules", FeeRulesHandler),
    Route("/api/v1/fee-rules/{rule_id}/end", FeeRuleEndHandler),
    Route("/api/v1/places/{place}/bill-runs", BillRunsHandler),
    Route("/api/v1/bill-runs/{run_id}", BillRunHandler),
    Route("/api/v1/bill-runs/{run_id}/publish", PublishBillRunHandler),
    Route("/api/v1/bill-runs/{run_id}/cancel", CancelBillRunHandler),
    Route("/api/v1/bill-runs/{run_id}/bills", BillRunBillsHandler),
]
