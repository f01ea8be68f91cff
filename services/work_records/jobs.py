"""Jobs of work records: each is made once, when its month is over."""

from datetime import datetime, timedelta
from typing import Final

from services.appointments import offices
from services.appointments.models import Appointment
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.days import Month, month_of, plus_days, plus_months, start_of
from services.kernel.documents import Document
from services.kernel.features import Lane, Schedule
from services.kernel.paths import ancestors
from services.kernel.permissions import HEADS
from services.kernel.personal_data import ERASED
from services.work_records import figures, notify, store
from services.work_records.models import WorkRecord, record_id

MAKE: Final = "work_records.make"
AT_ONCE: Final = 100
# Others see a month from this day of the next one on; and never before the head had so long.
OPEN_DAY: Final = 5
DAYS_FIRST: Final = 4


async def make(deps: Dependencies, _payload: Document) -> None:
    """Job: make what is missing of the last month; nothing of what is there, however often."""
    month = plus_months(month_of(deps.now()), -1)
    for role in HEADS:
        after = ""
        while found := await offices.heads_during(
            deps, role, figures.days_of(month), after, limit=AT_ONCE
        ):
            there = await store.there(deps.db, [record_id(each.id, month) for each in found])
            for office in found:
                if record_id(office.id, month) not in there:
                    await _make(deps, office, month)
            after = found[-1].id


async def _make(deps: Dependencies, office: Appointment, month: Month) -> None:
    """Make one record. Whoever was erased since is nobody in it, and is told nothing."""
    first, last = figures.held(office, month)
    is_erased = office.phone_index.startswith(f"{ERASED}:")
    record = WorkRecord(
        id=record_id(office.id, month),
        appointment=office.id,
        person="" if is_erased else office.person or "",
        role=office.role,
        place=office.place,
        under=ancestors(office.place),
        month=month,
        from_day=first,
        to_day=last,
        figures=dict(await figures.of_office(deps, office, month)),
        made_at=deps.now(),
        open_at=open_at(deps, month),
    )

    async def save(tx: Transaction) -> None:
        if await store.insert(deps.db, tx, record) and record.person:
            await notify.ready(deps, tx, record)

    await deps.in_transaction(save)


def open_at(deps: Dependencies, month: Month) -> datetime:
    """Return when others see a month that is made now: late, where it is made late."""
    planned = f"{plus_months(month, 1)}-{OPEN_DAY:02d}"
    return start_of(max(planned, plus_days(deps.today(), DAYS_FIRST)))


JOBS: Final[dict[str, jobs.Handler]] = {MAKE: make}
LANES: Final = {MAKE: Lane.LONG}
# 01:10 Beijing time: what the night's other jobs close of a month is closed.
SCHEDULES: Final = (Schedule(MAKE, timedelta(days=1), timedelta(hours=17, minutes=10)),)
