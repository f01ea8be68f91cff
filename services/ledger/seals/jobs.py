"""Jobs of seals: every night the days that are over, and those to which journals came later."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from services.dependencies import Dependencies
from services.jobs import actions as jobs
from services.jobs.models import Again
from services.kernel.days import FIRST_DAY, Day, end_of, plus_days, start_of
from services.kernel.documents import Document
from services.kernel.features import Lane, Schedule
from services.ledger import store as journals
from services.ledger.seals import actions, store
from services.ledger.seals.models import LATE_DAYS

SEAL: Final = "ledger.seal"


async def seal(deps: Dependencies, _: Document) -> Again | None:
    """Seal the next day that is over, one at a time; then look for journals that came later.

    Where it stands is in the seals: whoever takes it over goes on there, and days that passed
    without a worker are sealed by the next one.
    """
    last = actions.last_finished(deps.now())
    sealed = await store.last_day(deps.db)
    day = await actions.next_day(deps, plus_days(sealed, 1) if sealed else FIRST_DAY)
    if day and day <= last:
        await actions.seal_day(deps, day)
        return Again(deps.now())
    for late in await _late_days(deps, last):
        await actions.seal_day(deps, late)
    return None


async def _late_days(deps: Dependencies, last: Day) -> list[Day]:
    """Return the days whose journals are not as many as were sealed: more, or fewer."""
    found = []
    async for day in actions.days(deps, plus_days(last, 1 - LATE_DAYS), last):
        sealed = await store.journals_of(deps.db, day) or 0
        if sealed != await journals.count(deps.db, start_of(day), end_of(day)):
            found.append(day)
    return found


JOBS: Final[Mapping[str, jobs.Handler]] = {SEAL: seal}
LANES: Final = {SEAL: Lane.LONG}
# 03:00 Beijing time. A missed night needs no occurrence of its own: the next one seals it too.
SCHEDULES: Final = (Schedule(SEAL, timedelta(days=1), timedelta(hours=19)),)
