"""Terms that count where nobody agreed on others.

No law gives repair times in minutes or hours; they come from contract, promise or standard. So
these are the product's own, mild enough for a firm with two repairers, and every city can write
its own.
"""

from collections.abc import Mapping
from typing import Final

from services.repairs.classes import Danger
from services.repairs.terms.models import Terms
from services.working_time.models import WORKING_DAY, Span

HOUR: Final = 60
DAY_AND_NIGHT: Final = 24 * HOUR
DEFAULT: Final = "default"


def _terms(danger: Danger, response: int, completion: int) -> Terms:
    """Return terms in minutes of the hours that count for a class of danger."""
    return Terms(
        response=Span(response, danger.pace),
        completion=Span(completion, danger.pace),
        version_id=DEFAULT,
    )


DEFAULTS: Final[Mapping[Danger, Terms]] = {
    Danger.DANGER: _terms(Danger.DANGER, 30, DAY_AND_NIGHT),
    Danger.URGENT: _terms(Danger.URGENT, 2 * HOUR, 2 * DAY_AND_NIGHT),
    Danger.NORMAL: _terms(Danger.NORMAL, WORKING_DAY, 3 * WORKING_DAY),
    Danger.PLANNED: _terms(Danger.PLANNED, 3 * WORKING_DAY, 20 * WORKING_DAY),
}
