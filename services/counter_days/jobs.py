"""Jobs of the counter's days: banks, cash and card machines are compared until a day is closed.

Every half hour, so that a file that was brought in, or cash that was handed over, is seen the
same day. What is found are rows of the same lists as of WeChat's days.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from services.counter_days import bank, cards, cash, late_entries
from services.dependencies import Dependencies
from services.fees.payees import actions as payees
from services.jobs import actions as jobs
from services.kernel.days import day_of, plus_days
from services.kernel.documents import Document
from services.kernel.features import Lane, Schedule
from services.reconciliations import actions as reconciliations
from services.reconciliations import jobs as comparison
from services.reconciliations.entries import Side
from services.reconciliations.matcher import Matcher
from services.reconciliations.models import DaySource, Reconciliation, day_id
from services.reconciliations.states import DayState

SWEEP: Final = "counter_days.sweep"
ONE: Final = "counter_days.one"
KEPT_DAYS: Final = 90
EVERY: Final = timedelta(minutes=30)
SIDES: Final = (Side.BILLED, Side.TOLD, Side.BOOKED)
DAYS: Final = {
    DaySource.BANK: bank.days_of,
    DaySource.CASH: cash.days_of,
    DaySource.CARDS: cards.days_of,
}
READS: Final = {
    DaySource.BANK: bank.read,
    DaySource.CASH: cash.read,
    DaySource.CARDS: cards.read,
}
WAITS: Final = {DaySource.BANK: bank.waits_for, DaySource.CARDS: cards.waits_for}


async def sweep(deps: Dependencies, _: Document) -> None:
    """See to it that every day that is over and not closed is compared."""
    now = deps.now()
    last = plus_days(day_of(now), -1)
    first = plus_days(last, 1 - KEPT_DAYS)
    for account in await payees.accounts(deps):
        for source, days_of in DAYS.items():
            closed = await reconciliations.closed_days(deps, account, source, first, last)
            moved = await days_of(deps, account, first, last)
            if source is DaySource.BANK:
                late_on = await late_entries.mark(deps, account, first, day_of(now), closed)
                moved |= {day for day in late_on if day <= last}
            for day in sorted(moved - closed.keys()):
                key = f"{day_id(account, source, day)}:{now:%Y%m%dT%H%M}"
                about = source.value
                await jobs.enqueue(deps, None, ONE, key, account=account, source=about, day=day)


async def compare(deps: Dependencies, payload: Document) -> None:
    """Compare one day of an account's bank, cash or card machine, and keep what was found."""
    account, source, name = payload["account"], DaySource(payload["source"]), payload["day"]
    fresh = Reconciliation(
        id=day_id(account, source, name),
        account=account,
        source=source,
        day=name,
        checked_at=deps.now(),
    )
    day = await reconciliations.begin(deps, fresh)
    if day.state is DayState.CLOSED:
        return
    if source in WAITS and (reason := await WAITS[source](deps, account, name)):
        await reconciliations.wait(deps, day, reason)
        return
    await _compare(deps, day)


async def _compare(deps: Dependencies, day: Reconciliation) -> None:
    office = await comparison.office_of(deps, day.account)
    day.checked_at = deps.now()  # before it is read: what is booked later is not in it
    with Matcher(SIDES) as matcher:
        await READS[day.source](deps, day.account, day.day, matcher)
        found = comparison.differing(deps, day, matcher, office)
        day.billed, day.told = matcher.sums(Side.BILLED), matcher.sums(Side.TOLD)
        day.booked = matcher.sums(Side.BOOKED)
    if day.source is DaySource.CASH:
        cash.name(found)
    if day.source is DaySource.CARDS:
        cards.name(found)
        day.flow = await cards.flow(deps, day.account, day.day)
    day.agrees = day.billed == day.booked
    day.waits_for = ""
    await deps.in_transaction(lambda tx: comparison.conclude(deps, tx, day, found))


JOBS: Final[Mapping[str, jobs.Handler]] = {SWEEP: sweep, ONE: compare}
LANES: Final = {SWEEP: Lane.LONG, ONE: Lane.LONG}
SCHEDULES: Final = (Schedule(SWEEP, EVERY),)
