"""Schedules of recurring jobs: each occurrence is an outbox row, inserted once by its id."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from services.dependencies import Dependencies
from services.jobs import actions
from services.kernel.features import Schedule

LOOK_BACK: Final = timedelta(days=7)


def occurrences(schedule: Schedule, since: datetime, until: datetime) -> list[datetime]:
    """Return the instants of `schedule` after `since` and up to `until`, oldest first."""
    step, offset = schedule.every.total_seconds(), schedule.offset.total_seconds()
    first = int((since.timestamp() - offset) // step) + 1
    last = int((until.timestamp() - offset) // step)
    found = [
        datetime.fromtimestamp(n * step + offset, tz=until.tzinfo)
        for n in range(first, last + 1)
    ]
    return found if schedule.catch_up else found[-1:]


async def plan(
    deps: Dependencies, schedules: Sequence[Schedule], since: datetime | None
) -> datetime:
    """Enqueue every occurrence since `since` (at most a week back); return the new mark."""
    now = deps.now()
    for schedule in schedules:
        start = max(since or now - LOOK_BACK, now - LOOK_BACK)
        for at in occurrences(schedule, start, now):
            await actions.enqueue(
                deps, None, schedule.kind, f"{at:%Y%m%dT%H%M}", at=at.isoformat()
            )
    return now
