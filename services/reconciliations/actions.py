"""Actions on reconciliations: days listed, looked at, and closed by a person.

A day closes by itself when all sides say the same. Where differences had to be closed by hand,
somebody says so for the whole day; then it is closed for ever.
"""

from datetime import datetime
from typing import Any

import structlog

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel.errors import Conflict, NotFound
from services.kernel.pages import Page
from services.kernel.permissions import Actor
from services.reconciliations import scopes, store, views
from services.reconciliations.differences import actions as differences
from services.reconciliations.differences.models import Difference
from services.reconciliations.differences.states import DifferenceState
from services.reconciliations.entries import Side
from services.reconciliations.models import (
    CloseDay,
    DayRow,
    DaySource,
    DaysQuery,
    DayView,
    Reconciliation,
    unexplained,
)
from services.reconciliations.states import TABLE, DayAction, DayState

MISSING = "没有这一天的对账"
log = structlog.get_logger(__name__)


class DayNotReady(Conflict):
    """The day waits for WeChat, is closed already, or has differences that are open."""

    code = "day_not_ready"


class DayUnequal(Conflict):
    """The totals differ by more than the closed differences explain."""

    code = "day_unequal"


async def listing(deps: Dependencies, actor: Actor, query: DaysQuery) -> Page[DayRow]:
    """Return days of the accounts that the actor looks after."""
    accounts = scopes.narrowed(await scopes.accounts(deps, actor), query.account)
    return (await store.page(deps.db, query, accounts)).map(views.row)


async def get(deps: Dependencies, actor: Actor, day_id: str) -> DayView:
    """Return a day with its totals. Raises NotFound."""
    day = await _access(deps, actor, day_id)
    return _view(day, await differences.of_day(deps, day_id))


async def close(deps: Dependencies, actor: Actor, day_id: str, wish: CloseDay) -> DayView:
    """Close a day whose differences are settled. Raises NotFound, DayNotReady, DayUnequal."""
    await _access(deps, actor, day_id)

    async def work(tx: Transaction) -> tuple[Reconciliation, list[Difference]]:
        found = await differences.of_day(deps, day_id, tx=tx)
        day = await _closable(deps, tx, day_id, found)
        said = {"closed_by": actor.person_id, "closed_because": wish.reason}
        at = deps.now()
        if not await store.move(deps.db, tx, day_id, DayAction.CLOSE, **said, closed_at=at):
            raise DayNotReady("这一天已有变化,请刷新看看")
        about: dict[str, Any] = {"subject": day_id, "day": day.day, "account": day.account}
        await audit.record(deps, tx, actor, TABLE.act(DayAction.CLOSE), **about)
        return await _get(deps, tx, day_id), found

    return _view(*await deps.in_transaction(work))


async def _closable(
    deps: Dependencies, tx: Transaction, day_id: str, found: list[Difference]
) -> Reconciliation:
    """Return the day when it may be closed. Raises DayNotReady, DayUnequal."""
    day = await _get(deps, tx, day_id)
    if day.state is not DayState.DIFFERING or day.pending:
        raise DayNotReady("这一天还在等待账单或结果,或已经对平")
    if any(each.state is DifferenceState.OPEN for each in found):
        raise DayNotReady("还有差异没有处理")
    for side, sums in ((Side.BOOKED, day.booked), (Side.TOLD, day.told)):
        if any(unexplained(day.billed, sums, differences.explained(found, side))):
            raise DayUnequal("合计不相等,且差额没有说明,请等重新核对")
    return day


async def _get(deps: Dependencies, tx: Transaction, day_id: str) -> Reconciliation:
    found = await store.find(deps.db, day_id, tx=tx)
    if found is None:
        raise NotFound(MISSING)
    return found


async def _access(deps: Dependencies, actor: Actor, day_id: str) -> Reconciliation:
    accounts = await scopes.accounts(deps, actor)
    found = await store.find(deps.db, day_id)
    if found is None or (accounts is not None and found.account not in accounts):
        raise NotFound(MISSING)
    return found


def _view(day: Reconciliation, found: list[Difference]) -> DayView:
    is_open = sum(each.state is DifferenceState.OPEN for each in found)
    return views.view(day, open_differences=is_open, settled_differences=len(found) - is_open)


async def begin(deps: Dependencies, day: Reconciliation) -> Reconciliation:
    """Return a day as it is kept, for who compares it; it is written when it is new."""
    return await store.begin(deps.db, day)


async def wait(deps: Dependencies, day: Reconciliation, reason: str) -> None:
    """Note what a day waits for."""
    await store.note(deps.db, day.id, waits_for=reason, checked_at=deps.now())


async def closed_days(
    deps: Dependencies, account: str, source: DaySource, first: str, last: str
) -> dict[str, datetime]:
    """Return closed day → when it was last compared, of a span: it never is again."""
    return await store.closed_days(deps.db, account, source, first, last)


async def mark_late(deps: Dependencies, day_id: str, *, entries: int, amount_fen: int) -> None:
    """Let a closed day say that it no longer agrees; its totals stay as they are."""
    if await store.mark_late(deps.db, day_id, entries, amount_fen):
        log.error("closed_day_has_late_entries", day=day_id, entries=entries)


async def count_differing(deps: Dependencies) -> int:
    """Count days that wait for a person: for the figures and their alarms."""
    return await store.count(deps.db, (DayState.DIFFERING,))
