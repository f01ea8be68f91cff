"""Views of bill runs."""

from services.bills.runs.models import BillRun, BillRunView
from services.kernel.views import show


def view(run: BillRun) -> BillRunView:
    """Show a run to whoever runs bills."""
    return show(run, BillRunView, run_id=run.id)
