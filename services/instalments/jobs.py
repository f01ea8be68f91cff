"""Jobs of instalment agreements: each day what is due soon, broken, paid off or lapsed."""

from datetime import timedelta
from typing import Final

from services.bills import actions as bills
from services.dependencies import Dependencies, Transaction
from services.instalments import debtors, notify, progress, store
from services.instalments.models import Instalments
from services.instalments.progress import Left
from services.instalments.states import InstalmentsAction
from services.jobs import actions as jobs
from services.kernel.days import plus_days
from services.kernel.documents import Document
from services.kernel.features import Lane, Schedule

CHECK: Final = "instalments.check"
AT_ONCE: Final = 100
SOON_DAYS: Final = 3


async def check(deps: Dependencies, _payload: Document) -> None:
    """Job: look at every agreement that is kept or waits; harmless to repeat."""
    after = ""
    while found := await store.next_kept(deps.db, after, limit=AT_ONCE):
        for agreement in found:
            await _look_at(deps, agreement)
        after = found[-1].id
    after = ""
    while found := await store.next_waiting(deps.db, after, limit=AT_ONCE):
        for agreement in found:
            await _look_at_waiting(deps, agreement)
        after = found[-1].id


async def _look_at(deps: Dependencies, agreement: Instalments) -> None:
    """End an agreement that is paid off or broken, or tell who owes it what is due soon."""
    people = await debtors.people(deps, agreement.home, agreement.liable_on)

    async def save(tx: Transaction) -> None:
        found = [await bills.get(deps, bill, tx=tx) for bill in agreement.bills]
        each = progress.first_left(agreement, found)
        if each is None:
            await _finish(deps, tx, agreement, people)
        elif progress.is_broken(agreement, each, deps.today()):
            await _break(deps, tx, agreement, each, people)
        elif each.part.due_on <= plus_days(deps.today(), SOON_DAYS):
            about = (agreement, each.part, each.owed_fen)
            await notify.notify(deps, tx, people, notify.DUE_SOON, *about)

    await deps.in_transaction(save)


async def _finish(
    deps: Dependencies, tx: Transaction, agreement: Instalments, people: list[str]
) -> None:
    ended = {"ended_at": deps.now()}
    action, last = InstalmentsAction.FINISH, agreement.parts[-1]
    if await store.move(deps.db, tx, agreement.id, action, **ended):
        about = (agreement, last, agreement.amount_fen)
        await notify.notify(deps, tx, people, notify.DONE, *about)


async def _break(
    deps: Dependencies, tx: Transaction, agreement: Instalments, each: Left, people: list[str]
) -> None:
    ended = {"ended_at": deps.now(), "broken_by": each.part.due_on}
    action = InstalmentsAction.BREAK
    if await store.move(deps.db, tx, agreement.id, action, **ended):
        about = (agreement, each.part, each.owed_fen)
        await notify.notify(deps, tx, people, notify.BROKEN, *about)
        # the office that offered it, so that somebody speaks with them
        office = [agreement.offered_by]
        await notify.notify(deps, tx, office, notify.BROKEN_AT_OFFICE, *about)


async def _look_at_waiting(deps: Dependencies, agreement: Instalments) -> None:
    """End one that nobody agreed to or approved in time: its bills are free for another."""
    people = await debtors.people(deps, agreement.home, agreement.liable_on)
    action, about = InstalmentsAction.LAPSE, (agreement.parts[0], agreement.amount_fen)

    async def save(tx: Transaction) -> None:
        found = [await bills.get(deps, bill, tx=tx) for bill in agreement.bills]
        if not progress.has_lapsed(agreement, found, deps.today()):
            return
        moved = await store.move(deps.db, tx, agreement.id, action, ended_at=deps.now())
        if moved is not None:
            await notify.notify(deps, tx, people, notify.LAPSED, moved, *about)
            await notify.notify_office(deps, tx, moved)

    await deps.in_transaction(save)


JOBS: Final[dict[str, jobs.Handler]] = {CHECK: check}
LANES: Final = {CHECK: Lane.NEWS}
# At nine in the morning, Beijing time: before rounds of demands are started.
SCHEDULES: Final = (Schedule(CHECK, timedelta(days=1), timedelta(hours=1)),)
