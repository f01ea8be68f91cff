"""Views of bill runs."""

from services.bills.runs.models import BillRun, BillRunView
from services.kernel import views as kernel_views


def view(run: BillRun) -> BillRunView:
    return kernel_views.show(run, BillRunView, run_id=run.id)
