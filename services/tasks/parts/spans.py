"""Spans of tasks and rounds: until the end of a day, whatever the working time."""

from datetime import datetime, timedelta
from typing import Final

from services.cases import deadlines
from services.cases.models import Clock
from services.dependencies import Dependencies
from services.working_time.models import Pace, Span

FINISH: Final = "finish"
MINUTE: Final = timedelta(minutes=1)


async def clocks_until(
    deps: Dependencies, place: str, since: datetime, until: datetime
) -> dict[str, Clock]:
    """Return the deadline that runs from an instant to the end of somebody's day."""
    minutes = max(1, (until - since) // MINUTE)
    return await deadlines.begin(deps, place, since, {FINISH: Span(minutes, Pace.CONTINUOUS)})
