"""Endpoints of bill runs: started, published, cancelled and read."""

from typing import Annotated

from msgspec import Meta

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.bills.models import BillView, MonthsAfterVoid, RunBillsQuery
from services.bills.runs import actions as runs
from services.bills.runs.models import (
    BillRunsQuery,
    BillRunView,
    SkippedQuery,
    SkippedView,
    StartBillRun,
    WithdrawBillRun,
)
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission

RunId = Annotated[str, Meta(description="Id of the bill run, as it was answered.")]


class BillRunsHandler(ApiHandler):
    @endpoint("listBillRuns", needs=Permission.RUN_BILLS)
    async def get(self, place: PlacePath, query: BillRunsQuery) -> Page[BillRunView]:
        """A compound's bill runs, the latest period first."""
        return await runs.listing(self.deps, self.actor, place, query)

    @endpoint(
        "startBillRun",
        needs=Permission.RUN_BILLS,
        status=202,
        errors=(
            "not_a_compound",
            "period_too_far",
            "bill_run_illegal_move",
            "bill_run_changed",
            "other_payee",
        ),
        example=StartBillRun(period="2026-11"),
    )
    async def post(self, place: PlacePath, body: StartBillRun) -> BillRunView:
        """Draft a compound's bills. Asked again, the run drafts anew what is not out."""
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
        errors=(
            "bill_run_illegal_move",
            "bill_run_changed",
            "bill_run_outdated",
            "no_rule",
            "nothing_to_publish",
            "other_payee",
        ),
    )
    async def post(self, run_id: RunId) -> BillRunView:
        """Turn a run's drafts into debts and tell the residents.

        Refused when a rule, payee or contract changed since: draft again first.
        """
        return await runs.publish(self.deps, self.actor, run_id)


class CancelBillRunHandler(ApiHandler):
    @endpoint(
        "cancelBillRun",
        needs=Permission.RUN_BILLS,
        status=202,
        errors=("bill_run_illegal_move", "bill_run_changed", "other_payee"),
    )
    async def post(self, run_id: RunId) -> BillRunView:
        """Remove a run's drafts. Published bills stay."""
        return await runs.cancel(self.deps, self.actor, run_id)


class WithdrawBillRunHandler(ApiHandler):
    @endpoint(
        "withdrawBillRun",
        needs=Permission.RUN_BILLS,
        status=202,
        errors=(
            "bill_run_illegal_move",
            "bill_run_changed",
            "bill_run_paid",
            "nothing_to_withdraw",
            "other_payee",
            "own_home",
        ),
        example=WithdrawBillRun(reason="单价填错了", months=MonthsAfterVoid.OPEN),
    )
    async def post(self, run_id: RunId, body: WithdrawBillRun) -> BillRunView:
        """Take a published run back: what is owed of it is voided, and people are told once.

        Stopped (`withdrawal_stopped`) when somebody pays before the worker begins, unless
        `unpaid_only` was asked for.
        """
        return await runs.withdraw(self.deps, self.actor, run_id, body)


class BillRunSkippedHandler(ApiHandler):
    @endpoint("listBillRunSkipped", needs=Permission.RUN_BILLS)
    async def get(self, run_id: RunId, query: SkippedQuery) -> Page[SkippedView]:
        """Homes and days that a run could not bill, by home, each with the reason."""
        return await runs.skipped_of(self.deps, self.actor, run_id, query)


class BillRunBillsHandler(ApiHandler):
    @endpoint("listBillRunBills", needs=Permission.RUN_BILLS)
    async def get(self, run_id: RunId, query: RunBillsQuery) -> Page[BillView]:
        """A run's bills in one state, by home; drafts unless said otherwise."""
        return await runs.bills_of(self.deps, self.actor, run_id, query)


ROUTES = [
    Route("/api/v1/places/{place}/bill-runs", BillRunsHandler),
    Route("/api/v1/bill-runs/{run_id}", BillRunHandler),
    Route("/api/v1/bill-runs/{run_id}/publish", PublishBillRunHandler),
    Route("/api/v1/bill-runs/{run_id}/cancel", CancelBillRunHandler),
    Route("/api/v1/bill-runs/{run_id}/withdraw", WithdrawBillRunHandler),
    Route("/api/v1/bill-runs/{run_id}/skipped", BillRunSkippedHandler),
    Route("/api/v1/bill-runs/{run_id}/bills", BillRunBillsHandler),
]
