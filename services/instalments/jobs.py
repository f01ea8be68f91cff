"""Jobs of instalment agreements: each day what is due soon, broken or paid off."""

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
    """Job: look at every agreement that is kept; harmless to repeat."""
    after = ""
    while found := await store.next_kept(deps.db, after, limit=AT_ONCE):
        for agreement in found:
            await _look_at(deps, agreement)
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


JOBS: Final[dict[str, jobs.Handler]] = {CHECK: check}
LANES: Final = {CHECK: Lane.NEWS}
# At nine in the morning, Beijing time: before rounds of demands are started.
SCHEDULES: Final = (Schedule(CHECK, timedelta(days=1), timedelta(hours=1)),)
