"""Views of a day."""

from services.kernel.views import show
from services.reconciliations.models import DayRow, DayView, Reconciliation


def row(day: Reconciliation) -> DayRow:
    return show(day, DayRow, reconciliation_id=day.id, **_sums(day))


def view(day: Reconciliation, *, open_differences: int, settled_differences: int) -> DayView:
    counts = {"open_differences": open_differences, "settled_differences": settled_differences}
    return show(day, DayView, reconciliation_id=day.id, **_sums(day), **counts)


def _sums(day: Reconciliation) -> dict[str, int]:
    return {
        "billed_paid_fen": day.billed.paid_fen,
        "billed_refunded_fen": day.billed.refunded_fen,
        "booked_paid_fen": day.booked.paid_fen,
        "booked_refunded_fen": day.booked.refunded_fen,
    }
