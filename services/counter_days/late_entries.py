"""Late entries: money of a day of the bank that was entered after the day had been closed.

A closed day is never read again, and its totals stay as they were. So what came late is held
against the other sides on the day on which it was entered, and the closed day says that it no
longer agrees.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from services.bank_statements import actions as bank_statements
from services.bank_statements.transfers.models import Transfer
from services.counter_payments import actions as counter_payments
from services.counter_payments.models import CounterPayment, CounterWay
from services.dependencies import Dependencies
from services.kernel.days import Day, day_of, end_of, start_of
from services.reconciliations import actions as reconciliations
from services.reconciliations.models import DaySource, day_id

# A payment says when it was begun: so much later it may be kept, and a comparison not see it.
AT_WORK: Final = timedelta(minutes=10)
Closed = Mapping[str, datetime]


class Late(NamedTuple):
    """Money of `day` that was entered later, some of it at once."""

    day: Day
    at: datetime
    entries: int
    amount_fen: int


async def of_span(
    deps: Dependencies, account: str, first: Day, last: Day, closed: Closed
) -> list[Late]:
    """Return what was entered in a span for days that had been closed before."""
    taken = await counter_payments.late(deps, account, CounterWay.TRANSFER, first, last)
    found = [Late(day_of(each.paid_at), each.taken_at, 1, each.amount_fen) for each in taken]
    found += [Late(*each) for each in await bank_statements.entered(deps, account, first, last)]
    return [each for each in found if _is_late(each.day, each.at, closed)]


async def mark(
    deps: Dependencies, account: str, first: Day, last: Day, closed: Closed
) -> set[Day]:
    """Let closed days say what came late; return the days on which it was entered."""
    found = await of_span(deps, account, first, last, closed)
    by_day: dict[Day, list[Late]] = defaultdict(list)
    for each in found:
        by_day[each.day].append(each)
    for day, late in by_day.items():
        name = day_id(account, DaySource.BANK, day)
        entries, fen = sum(e.entries for e in late), sum(e.amount_fen for e in late)
        await reconciliations.mark_late(deps, name, entries=entries, amount_fen=fen)
    return {day_of(each.at) for each in found}


async def payments_of_day(deps: Dependencies, account: str, day: Day) -> list[CounterPayment]:
    """Return payments that were booked on a day for an earlier one that had been closed."""
    found = await counter_payments.late(deps, account, CounterWay.TRANSFER, day, day)
    closed = await _closed(deps, account, day, {day_of(each.paid_at) for each in found})
    return [
        each
        for each in found
        if _is_late(day_of(each.paid_at), each.taken_at + AT_WORK, closed)
    ]


async def rows_of_day(deps: Dependencies, account: str, day: Day) -> list[Transfer]:
    """Return rows that were brought in, or taken back, on a day for a closed one."""
    groups = [Late(*each) for each in await bank_statements.entered(deps, account, day, day)]
    closed = await _closed(deps, account, day, {each.day for each in groups})
    late = {each.day for each in groups if _is_late(each.day, each.at, closed)}
    if not late:
        return []
    start, end = start_of(day), end_of(day)
    found = [
        row
        for each in sorted(late)
        for row in await bank_statements.of_day(deps, account, each)
    ]
    return [
        row
        for row in found
        if row.entered_at
        and start <= row.entered_at < end
        and _is_late(row.day, row.entered_at, closed)
    ]


async def _closed(
    deps: Dependencies, account: str, day: Day, days: Collection[Day]
) -> dict[str, datetime]:
    """Return those of some days before another that are closed → when they were compared."""
    if not days:
        return {}
    source = DaySource.BANK
    return await reconciliations.closed_days(deps, account, source, min(days), day)


def _is_late(day: Day, at: datetime, closed: Closed) -> bool:
    compared_at = closed.get(day)
    return compared_at is not None and at >= compared_at
