"""Views of bill runs."""

from collections.abc import Sequence

from services.bills.models import Total
from services.bills.runs.models import BillRun, BillRunView, Skipped, SkippedView
from services.kernel.views import show


def view(run: BillRun, totals: Sequence[Total]) -> BillRunView:
    """Show a run to whoever runs bills. `totals`: of its bills as they are now.

    Runs of earlier versions kept the totals of their publishing with those of their drafting.
    """
    published = run.published_totals
    if published is None:
        published = run.totals if run.published_at else []
    return show(
        run, BillRunView, run_id=run.id, totals=list(totals), published_totals=published
    )


def skipped_view(gap: Skipped, address: str) -> SkippedView:
    """Show what a run could not bill to whoever runs bills."""
    return show(gap, SkippedView, address=address)
