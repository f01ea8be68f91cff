"""Jobs of fee reductions: remind before one runs out, and let proof go at its time's end."""

from datetime import datetime, timedelta
from typing import Final

from services.dependencies import Dependencies, Transaction
from services.fee_reductions import notify, periods, store
from services.fee_reductions.models import Reduction
from services.fee_reductions.states import GRANTED, ReductionState
from services.jobs import actions as jobs
from services.jobs.models import Again
from services.kernel.days import end_of, plus_days, start_of
from services.kernel.documents import Document
from services.photos import actions as photos
from services.residencies import owners

REMIND: Final = "fee_reductions.remind"
LET_GO: Final = "fee_reductions.let_go"
REMINDED_DAYS: Final = 30  # before the last day
REMINDED_AT: Final = timedelta(hours=9)
# What was not granted: a month, in which the owner may complain.
FORGOTTEN_AFTER: Final = timedelta(days=30)
# What was granted: as long as the bills that it reduced may be sued for (民法典 art. 188).
KEPT_AFTER: Final = timedelta(days=3 * 366)


def remind_at(found: Reduction) -> datetime:
    """Return when the owner is reminded that a reduction runs out."""
    return start_of(plus_days(found.to_day, -REMINDED_DAYS)) + REMINDED_AT


def let_go_at(found: Reduction) -> datetime | None:
    """Return when the proof of a reduction goes; None while it waits for a decision."""
    if found.state in GRANTED:
        return end_of(max(found.last_day, found.from_day)) + KEPT_AFTER
    if found.state is ReductionState.REQUESTED:
        return None
    return (found.decided_at or found.created_at) + FORGOTTEN_AFTER


async def plan(deps: Dependencies, tx: Transaction, found: Reduction) -> None:
    """Enqueue what comes later of a reduction that was granted."""
    own, at = found.id, remind_at(found)
    if at > deps.now():
        await jobs.enqueue(deps, tx, REMIND, own, due_at=at, reduction_id=own)
    await jobs.enqueue(deps, tx, LET_GO, own, due_at=let_go_at(found), reduction_id=own)


async def remind(deps: Dependencies, payload: Document) -> None:
    """Job: tell whose home it is that a reduction runs out; nothing when it did already."""
    found = await store.find(deps.db, payload["reduction_id"])
    if found is None or found.state is not ReductionState.GRANTED:
        return
    turns = await owners.turns_of(deps, [found.home])
    if periods.reduced_until(found, turns.get(found.home, ())) < found.last_day:
        return
    people = await notify.concerned(deps, found)
    await deps.in_transaction(lambda tx: notify.remind(deps, tx, found, people))


async def let_go(deps: Dependencies, payload: Document) -> Again | None:
    """Job: remove what was typed and shown as proof, once nobody needs it any more."""

    async def save(tx: Transaction) -> datetime | None:
        found = await store.find(deps.db, payload["reduction_id"], tx=tx)
        if found is None or found.erased:
            return None
        due = let_go_at(found)
        if due is None or due > deps.now():
            return due
        await blank(deps, tx, [found])
        return None

    later = await deps.in_transaction(save)
    return Again(later) if later else None


async def blank(deps: Dependencies, tx: Transaction, found: list[Reduction]) -> None:
    """Remove the text and the proof of some reductions; what was granted stays."""
    for one in found:
        if one.photo_ids:
            await photos.discard(deps, tx, one.photo_ids, subject=one.id)
    await store.blank(deps.db, tx, [one.id for one in found])


JOBS: Final[dict[str, jobs.Handler]] = {REMIND: remind, LET_GO: let_go}
