"""Jobs of feedback: what somebody has taken falls to others when their term ends."""

from datetime import timedelta
from typing import Final

from services.cases import actions as cases
from services.dependencies import Dependencies, Transaction
from services.feedback import store
from services.feedback.kind import FEEDBACK, lies_with
from services.feedback.models import Feedback
from services.feedback.states import HELD, FeedbackAction
from services.grants import actions as grants
from services.jobs import actions as jobs
from services.kernel.documents import Document
from services.kernel.features import Lane, Schedule
from services.kernel.permissions import Actor

RELEASE: Final = "feedback.release"
AT_ONCE: Final = 100
EVERY: Final = timedelta(minutes=15)


async def release(deps: Dependencies, _payload: Document) -> None:
    """Job: free what people hold whose office it does not lie with any more."""
    holder = ""
    while (one := await store.next_holder(deps.db, holder)) is not None:
        holder, after = one, ""
        actor = Actor(holder, "", await grants.grants_of(deps, holder))
        while found := await store.of_holder(deps.db, holder, after, limit=AT_ONCE):
            for case in found:
                if case.state in HELD and not lies_with(actor, case):
                    await _release(deps, case.id, actor)
            after = found[-1].id


async def _release(deps: Dependencies, case_id: str, holder: Actor) -> None:
    """Free a case, unless it went on meanwhile: also to where the holder took it again."""

    async def save(tx: Transaction) -> None:
        found: Feedback | None = await store.find(deps.db, case_id, tx=tx)
        if found is None or found.holder != holder.person_id or found.state not in HELD:
            return
        if not lies_with(holder, found):
            await cases.advance(deps, tx, None, FEEDBACK, found, FeedbackAction.RELEASE)

    await deps.in_transaction(save)


JOBS: Final[dict[str, jobs.Handler]] = {RELEASE: release}
LANES: Final = {RELEASE: Lane.LONG}  # it goes through all that is taken
SCHEDULES: Final = (Schedule(RELEASE, EVERY),)
