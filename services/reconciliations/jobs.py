"""Jobs of reconciliations: each day of each merchant account is compared until it is closed.

Notices and queries may fail, and a restored backup knows nothing of what came after it: the
daily bills are WeChat's last word about money. They are there from 10:00 Beijing time on the
next day, for three months (docs/reference/wechat.md, Bills).
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

import structlog

from services.dependencies import Dependencies, Transaction
from services.fees.payees import actions as payees
from services.jobs import actions as jobs
from services.jobs.models import Again, Permanent, RetryAt
from services.kernel.days import day_of, end_of, plus_days, start_of
from services.kernel.documents import Document
from services.kernel.features import Lane, Schedule
from services.kernel.permissions import Role
from services.merchants import actions as merchants
from services.payments.trade_bills import denials
from services.reconciliations import sources, store
from services.reconciliations.differences import actions as differences
from services.reconciliations.differences.models import Difference
from services.reconciliations.differences.states import DifferenceState
from services.reconciliations.entries import DifferenceKind, Side
from services.reconciliations.matcher import Matcher
from services.reconciliations.models import Reconciliation, day_id
from services.reconciliations.sources import Reading
from services.reconciliations.states import DayAction, DayState
from services.wechat.errors import PayError, PayReaction
from services.wechat.pay import PayClient

DAILY: Final = "reconciliations.days"
ONE: Final = "reconciliations.day"
KEPT_DAYS: Final = 90  # WeChat: three months
READY_AFTER: Final = timedelta(hours=10, minutes=5)  # of the next day
NOT_READY_YET: Final = timedelta(minutes=30)
WAITS: Final = timedelta(hours=1)  # for a refund under way, or for WeChat to be heard
# After an outage: so many days of an account a minute, the oldest first.
DAYS_A_MINUTE: Final = 10
# A day that is open for longer is an alarm each morning.
OPEN_TOO_LONG: Final = timedelta(days=3)

log = structlog.get_logger(__name__)


async def compare_all(deps: Dependencies, _: Document) -> None:
    """See to it that every day that WeChat still has, and that is not closed, is compared."""
    await merchants.refresh(deps)
    last = day_of(deps.now() - READY_AFTER - timedelta(days=1))
    for key, client in deps.merchants.items():
        await _compare_account(deps, key, client.account.mchid, last)


async def _compare_account(deps: Dependencies, key: str, mchid: str, last: str) -> None:
    first = plus_days(last, 1 - KEPT_DAYS)
    first = max(first, await payees.first_day(deps, key) or first)
    kept = await store.of_account(deps.db, key, mchid, first, last)
    _alarm(deps, [each for each in kept if each.state is not DayState.CLOSED])
    closed = {each.day for each in kept if each.state is DayState.CLOSED}
    days = [plus_days(first, number) for number in range(KEPT_DAYS)]
    wanted = [day for day in days if day <= last and day not in closed]
    for number, day in enumerate(wanted):
        due_at = deps.now() + timedelta(minutes=number // DAYS_A_MINUTE)
        payload = {"account": key, "mchid": mchid, "day": day}
        await store.begin(deps.db, _new(deps, **payload))
        await jobs.keep_going(deps, ONE, day_id(key, mchid, day), due_at=due_at, **payload)


def _new(deps: Dependencies, account: str, mchid: str, day: str) -> Reconciliation:
    name = day_id(account, mchid, day)
    return Reconciliation(id=name, account=account, mchid=mchid, day=day, checked_at=deps.now())


def _alarm(deps: Dependencies, still_open: Sequence[Reconciliation]) -> None:
    late = [day for day in still_open if deps.now() - end_of(day.day) > OPEN_TOO_LONG]
    if late:
        account, oldest = late[0].account, late[0].day
        log.error("reconciliation_open", account=account, days=len(late), oldest=oldest)


async def compare(deps: Dependencies, payload: Document) -> Again | None:
    """Compare one day: book what the books lack, and keep how all sides compare."""
    key, mchid, name = payload["account"], payload["mchid"], payload["day"]
    client = deps.merchants.get(key)
    if client is None or client.account.mchid != mchid:
        log.warning("reconciliation_of_another_merchant", account=key, day=name)
        return None
    day = await store.begin(deps.db, _new(deps, key, mchid, name))
    if day.state is DayState.CLOSED:
        return None
    try:
        await _compare(deps, client, day)
    except PayError as error:
        await store.note(deps.db, day.id, waits_for=error.code, checked_at=deps.now())
        if error.reaction is PayReaction.NOT_READY:
            raise RetryAt(deps.now() + NOT_READY_YET, error.code) from error
        if error.reaction is PayReaction.PERMANENT:
            raise Permanent(f"bills of {key}, {name}: {error.code}") from error
        raise
    is_latest = start_of(name) >= deps.now() - timedelta(days=2)
    return Again(deps.now() + WAITS) if day.pending and is_latest else None


async def _compare(deps: Dependencies, client: PayClient, day: Reconciliation) -> None:
    office = await office_of(deps, day.account)
    with Matcher(_compared(client)) as matcher:
        reading = await sources.read(deps, client, day.day, matcher)
        found = await asyncio.to_thread(partial(differing, deps, day, matcher, office))
        _sum_up(deps, day, matcher, reading)
    for match in [*reading.breaks, *await sources.breaks_around(deps, day)]:
        kind = DifferenceKind.BALANCE
        found.append(differences.made(deps, day, match, kind, office))
    await deps.in_transaction(lambda tx: conclude(deps, tx, day, found))
    if day.agrees:
        key, mchid = day.account, day.mchid
        agreed = partial(_agreed, deps, key, mchid)
        await denials.close(deps, client, day.day, agreed)


def _compared(client: PayClient) -> set[Side]:
    """Return the sides of an account. A partner's fund flow is of the partner's own account."""
    sides = {Side.BILLED, Side.TOLD, Side.BOOKED}
    return sides if client.account.sub_mchid else sides | {Side.FLOWED}


async def office_of(deps: Dependencies, account: str) -> Role:
    """Return whose work the differences of an account are while nobody took them."""
    is_firm = await payees.is_firm(deps, account)
    return Role.CASHIER if is_firm else Role.ADMINISTRATOR


def differing(
    deps: Dependencies, day: Reconciliation, matcher: Matcher, office: Role
) -> list[Difference]:
    """Return what does not agree, as rows of the day."""
    return [
        differences.made(deps, day, match, kind, office)
        for match, kind in matcher.differences()
    ]


def _sum_up(
    deps: Dependencies, day: Reconciliation, matcher: Matcher, reading: Reading
) -> None:
    day.billed, day.told = matcher.sums(Side.BILLED), matcher.sums(Side.TOLD)
    day.booked, day.others = matcher.sums(Side.BOOKED), matcher.sums(Side.FOREIGN)
    day.flow, day.pending, day.waits_for = reading.flow, reading.pending, ""
    day.agrees = day.billed == day.booked and not day.pending
    day.checked_at = deps.now()


async def conclude(
    deps: Dependencies, tx: Transaction, day: Reconciliation, found: Sequence[Difference]
) -> None:
    """Write down what was found; close the day when nothing differs by itself.

    Also for days of another source, that a package above compares.
    """
    if not await store.hold(deps.db, tx, day):
        return
    there = await differences.of_day(deps, day.id, tx=tx)
    is_open = await differences.note(deps, tx, there, found)
    by_hand = any(each.state is DifferenceState.CLOSED for each in there)
    if is_open or (by_hand and not day.pending):
        await store.move(deps.db, tx, day.id, DayAction.DIFFER)
        if is_open:
            count = len(is_open)
            log.error("day_differs", account=day.account, day=day.day, differences=count)
    elif day.pending:
        await store.move(deps.db, tx, day.id, DayAction.WAIT)
        log.warning("day_waits", account=day.account, day=day.day, rows=day.pending)
    else:
        await store.move(deps.db, tx, day.id, DayAction.AGREE, closed_at=deps.now())


async def _agreed(
    deps: Dependencies, account: str, mchid: str, from_day: str, to_day: str
) -> set[str]:
    found = await store.of_account(deps.db, account, mchid, from_day, to_day)
    return {each.day for each in found if each.agrees}


JOBS: Final[Mapping[str, jobs.Handler]] = {DAILY: compare_all, ONE: compare}
# A day's bill may name thousands of trades, of which each that the books lack is asked for: it
# would hold the places that are kept for the checks of payments.
LANES: Final = {DAILY: Lane.MONEY, ONE: Lane.LONG}
# 10:05 Beijing time. A missed day needs no occurrence of its own: the latest compares them all.
SCHEDULES: Final = (Schedule(DAILY, timedelta(days=1), timedelta(hours=2, minutes=5)),)
