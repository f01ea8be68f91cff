"""Jobs of questions below notices: what becomes of a check's end, and who is told an answer."""

from typing import Final

from services.content_checks.states import CheckState, is_visible
from services.dependencies import Dependencies, Transaction
from services.messaging.broadcasts.models import Part, Recipients, Source
from services.notices import store as notices
from services.notices.questions import actions, groups, notify, store, views
from services.notices.questions.states import QuestionAction


async def note_verdict(
    deps: Dependencies, tx: Transaction, question_id: str, state: CheckState
) -> None:
    """Let staff see a question that passed; tell its author of one that was refused.

    Nothing becomes of one whose author closed their account meanwhile.
    """
    found = await store.find(deps.db, question_id, tx=tx)
    if found is None:
        return
    if is_visible(state):
        group = await groups.join(deps, tx, found)
        await store.move(deps.db, tx, found.id, QuestionAction.PASS, group=group)
    elif await store.move(deps.db, tx, found.id, QuestionAction.REFUSE):
        [notice] = await notices.find_short(deps.db, [found.notice], tx=tx)
        await notify.notify_refused(deps, tx, found, notice.title)


async def part(deps: Dependencies, key: str, after: str, limit: int) -> Part:
    """Return the next of those who asked what a group asks."""
    asked = await store.members(deps.db, key, after=after, limit=limit)
    if not asked:
        return Part([], None)
    [notice] = await notices.find_short(deps.db, [asked[0].notice])
    told = [Recipients(notice.place, (each.author,), is_home=False) for each in asked]
    return Part(told, asked[-1].id if len(asked) == limit else None)


CHECKED: Final = {actions.KIND: note_verdict}
CHECKED_ABOUT: Final = {actions.KIND: views.about}
BROADCASTS: Final = {notify.SOURCE: Source(part=part)}
