"""Jobs of notices: published at their hour, and handed over in parts to who tells people."""

from typing import Final

from services.audiences import actions as audiences
from services.dependencies import Dependencies, Transaction
from services.grants import actions as grants
from services.jobs import actions as jobs
from services.kernel.documents import Document
from services.kernel.errors import Conflict, DomainError, Forbidden, NotFound
from services.kernel.permissions import Actor
from services.messaging.broadcasts.models import Part, Source
from services.notices import notify, publications, store
from services.notices.corrections import repeats
from services.notices.models import Notice
from services.notices.states import NoticeAction, NoticeState

CLOCK: Final = Actor("system", "")  # who the audit names when nobody did it
NOT_ANY_MORE: Final = "您的任期或合同已经结束,不能再向这里发通知"


async def publish_due(deps: Dependencies, payload: Document) -> None:
    """Job: publish a notice at its hour, by what its author may at that moment.

    Whose contract or term has ended sends nothing any more, nor does what has to be reviewed by
    now or is over: the notice is a draft again, and they are told. A schedule that was
    recalled, or made anew, has another number.
    """
    found = await store.find(deps.db, payload["notice_id"])
    if found is None or found.state is not NoticeState.SCHEDULED:
        return
    if found.schedule != payload["schedule"]:
        return
    held = await grants.grants_of(deps, found.scheduled_by)
    actor = Actor(found.scheduled_by, "", held)
    try:
        await publications.go(deps, actor, found, by=CLOCK)
    except publications.ReviewNeeded as why:
        await _hold_back(deps, found, why.message)
    except Conflict:  # recalled a moment ago
        return
    except (Forbidden, NotFound):
        await _hold_back(deps, found, NOT_ANY_MORE)
    except DomainError as why:
        await _hold_back(deps, found, why.message)


async def _hold_back(deps: Dependencies, found: Notice, reason: str) -> None:
    action = NoticeAction.HOLD_BACK

    async def save(tx: Transaction) -> None:
        changes = {"publish_at": None, "sent_back_because": reason}
        await publications.move(deps, tx, found, action, **changes)
        await notify.notify_held_back(deps, tx, found, reason)
        await publications.note(deps, tx, CLOCK, action, found)

    try:
        await deps.in_transaction(save)
    except Conflict:  # recalled a moment ago
        return


async def part(deps: Dependencies, key: str, after: str, limit: int) -> Part:
    """Return the next people of a notice's audience; none of one that was withdrawn."""
    found = await store.find_short(deps.db, [key])
    if not found or found[0].state is not NoticeState.PUBLISHED:
        return Part([], None)
    return await audiences.part(deps, found[0].audience, after, limit)


JOBS: Final[dict[str, jobs.Handler]] = {publications.PUBLISH: publish_due}
BROADCASTS: Final = {
    notify.SOURCE: Source(part=part),
    notify.AGAIN: Source(part=repeats.part),
}
