"""Jobs of call-backs: the draw of the month before, and the end of old ones."""

from datetime import datetime, timedelta
from typing import Final

from pymongo.errors import DuplicateKeyError

from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.days import Month, month_of, plus_days, plus_months, start_of
from services.kernel.documents import Document, digest_id
from services.kernel.features import Lane, Schedule
from services.repairs import store as repairs
from services.repairs.call_backs import draws, store
from services.repairs.call_backs.models import CallBack
from services.repairs.models import Repair

DRAW: Final = "repairs.draw_call_backs"


# No law says how long. Later nobody remembers, and what is broken then is another fault.
OPEN_DAYS: Final = 60
MONTHS_CLOSED_AT_ONCE: Final = 3  # nobody runs no worker for longer


def oldest(today: str) -> Month:
    """Return the first month whose repairs are asked about still."""
    last = plus_days(today, -OPEN_DAYS)
    return month_of(start_of(last))


async def draw(deps: Dependencies, _payload: Document) -> None:
    """Job: draw for each compound what is asked about of the month before, once.

    Every day, so that no outage on the first of a month leaves a month out; a compound whose
    month is drawn is left alone. Whom nobody asked in time counts as not reached.
    """
    open_since = oldest(deps.today())
    await store.close(deps.db, plus_months(open_since, -MONTHS_CLOSED_AT_ONCE), open_since)
    month = plus_months(month_of(deps.now()), -1)
    begins, ends = start_of(f"{month}-01"), start_of(f"{plus_months(month, 1)}-01")
    after = ""
    while (found := await repairs.next_compound(deps.db, after, begins, ends)) is not None:
        await _draw(deps, found, month, begins, ends)
        after = found


async def _draw(
    deps: Dependencies, compound: str, month: Month, begins: datetime, ends: datetime
) -> None:
    async def save(tx: Transaction) -> None:
        if await store.is_drawn(deps.db, tx, compound, month):
            return
        found = await repairs.ended(deps.db, tx, compound, begins, ends)
        by_id = {each.id: each for each in found}
        chosen = draws.drawn(compound, month, list(by_id))
        made = [_call_back(by_id[each], compound, month, len(found)) for each in chosen]
        if made:
            await store.insert(deps.db, tx, made)

    try:
        await deps.in_transaction(save)
    except DuplicateKeyError:  # another worker drew the month at the same moment
        return


def _call_back(repair: Repair, compound: str, month: Month, of: int) -> CallBack:
    return CallBack(
        id=digest_id("repair_call_back", month, repair.id),
        repair=repair.id,
        number=repair.number,
        place=repair.place,
        compound=compound,
        part=repair.part,
        category=repair.category,
        firm=repair.firm,
        person=repair.person,
        worker=repair.holder,
        month=month,
        rank=draws.rank(compound, month, repair.id),
        of=of,
    )


JOBS: Final[dict[str, jobs.Handler]] = {DRAW: draw}
LANES: Final = {DRAW: Lane.LONG}
# 00:20 Beijing time.
SCHEDULES: Final = (Schedule(DRAW, timedelta(days=1), timedelta(hours=16, minutes=20)),)
