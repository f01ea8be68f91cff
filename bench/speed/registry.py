"""The figures, in the order of the page."""

from typing import Final

from bench.speed.figures import (
    bill_runs,
    imports,
    inboxes,
    index_bytes,
    payment_notices,
    processes,
    pushes,
    rates,
    requests,
    round_trips,
    whole_payments,
)
from bench.speed.models import Figure

FIGURES: Final[tuple[Figure, ...]] = (
    requests.FIGURE,
    round_trips.FIGURE,
    payment_notices.FIGURE,
    whole_payments.FIGURE,
    bill_runs.FIGURE,
    imports.FIGURE,
    rates.FIGURE,
    inboxes.FIGURE,
    pushes.FIGURE,
    index_bytes.FIGURE,
    processes.FIGURE,
)
