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
    """Return the deadline that runs from a minute to the end of somebody's day.

    From the whole minute: spans are of minutes, and all parts of a task end at one instant, by
    which the messages about them are told to be the same.
    """
    since = since.replace(second=0, microsecond=0)
    minutes = max(1, (until - since) // MINUTE)
    return await deadlines.begin(deps, place, since, {FINISH: Span(minutes, Pace.CONTINUOUS)})
