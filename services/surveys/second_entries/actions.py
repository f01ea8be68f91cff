"""Second entries of paper answers: entered by somebody else, and decided where they differ."""

from typing import Final

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.documents import Document
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission
from services.places import actions as places
from services.surveys import store as surveys
from services.surveys.answers import forms
from services.surveys.answers import store as answers
from services.surveys.models import Survey
from services.surveys.second_entries import store, views
from services.surveys.second_entries.models import (
    DecideEntry,
    EnterAgain,
    Keep,
    SecondEntriesQuery,
    SecondEntry,
    SecondEntryRow,
    SecondEntryView,
)
from services.surveys.second_entries.states import (
    TABLE,
    EntryAction,
    EntryState,
    moved_on,
)
from services.surveys.states import SurveyState

MISSING: Final = "没有找到这份纸质意见"
WITHDRAW: Final = "surveys.withdraw_entries"
COUNT: Final = "surveys.count"  # the job that counts, once nothing is left to settle


class EnteredByYou(errors.Forbidden):
    """Whoever entered a paper first neither enters it again nor decides about it."""

    code = "survey_entered_by_you"


class NoSecondEntry(errors.Conflict):
    """Nobody entered the paper again: only the first entry can be kept."""

    code = "survey_no_second_entry"


async def count_open(deps: Dependencies, survey_id: str) -> int:
    """Count the second entries for which the results of a survey wait."""
    return await store.count_open(deps.db, survey_id)


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: SecondEntriesQuery
) -> Page[SecondEntryRow]:
    """Return the second entries under a place, by home. Raises NotFound."""
    await places.access_place(deps, actor, place, Permission.CHECK_SURVEY_PAPERS)
    page = await store.page(deps.db, place, query)
    return page.of(await views.rows(deps, actor, page.items))


async def get(deps: Dependencies, actor: Actor, entry_id: str) -> SecondEntryView:
    """Return a second entry. Raises NotFound."""
    found = await _access(deps, actor, entry_id)
    return await views.view(deps, actor, found, await _survey(deps, found))


async def _access(
    deps: Dependencies, actor: Actor, entry_id: str, *, tx: Transaction | None = None
) -> SecondEntry:
    return accessible(
        actor,
        await store.find(deps.db, entry_id, tx=tx),
        Permission.CHECK_SURVEY_PAPERS,
        at=lambda entry: entry.home,
        missing=MISSING,
    )


async def _survey(
    deps: Dependencies, entry: SecondEntry, *, tx: Transaction | None = None
) -> Survey:
    found = await surveys.find(deps.db, entry.survey, tx=tx)
    if found is None:
        raise errors.NotFound(MISSING)
    return found


async def _require_closed(deps: Dependencies, tx: Transaction, entry: SecondEntry) -> None:
    """Raise EntryMovedOn for an entry of a survey that is withdrawn."""
    if (await _survey(deps, entry, tx=tx)).state is SurveyState.WITHDRAWN:
        raise moved_on(EntryState.WITHDRAWN)


async def withdraw(deps: Dependencies, payload: Document) -> None:
    """Job: close the second entries of a survey that was withdrawn."""
    await store.withdraw(deps.db, payload["survey_id"])


async def enter(
    deps: Dependencies, actor: Actor, entry_id: str, wish: EnterAgain
) -> SecondEntryView:
    """Enter a paper answer again, without seeing the first entry.

    Raises NotFound, EnteredByYou, EntryMovedOn, SurveyAnswerMisfit, OwnHome.
    """
    found = await _access(deps, actor, entry_id)
    if found.first_by == actor.person_id:
        raise EnteredByYou("这份是您录入的,请由别人再录一次")
    survey = await _survey(deps, found)
    filled = forms.filled(survey.questions, wish.answers)

    async def save(tx: Transaction) -> SecondEntry:
        await _require_closed(deps, tx, found)
        first = await answers.find(deps.db, found.answer, tx=tx)
        said = {"choices": filled.choices, "relation": wish.relation.value}
        is_same = first is not None and said == {k: getattr(first, k) for k in said}
        action = EntryAction.AGREE if is_same else EntryAction.DIFFER
        who = {"entered_by": actor.person_id, "entered_at": deps.now()}
        moved = await store.move(deps.db, tx, found.id, action, **said, **who)
        return await _done(deps, tx, actor, action, found, moved)

    return await views.view(deps, actor, await deps.in_transaction(save), survey)


async def decide(
    deps: Dependencies, actor: Actor, entry_id: str, wish: DecideEntry
) -> SecondEntryView:
    """Decide which entry counts: where they differ, or where nobody can enter it again.

    Raises NotFound, Forbidden, EnteredByYou, NoSecondEntry, EntryMovedOn, OwnHome.
    """
    found = await _access(deps, actor, entry_id)
    if not actor.may(Permission.SETTLE_SURVEY_PAPERS, found.home):
        raise errors.Forbidden("由社区或街道核定", needs=Permission.SETTLE_SURVEY_PAPERS)
    if found.first_by == actor.person_id:
        raise EnteredByYou("这份是您录入的,请由别人核定;街道也可以核定")
    survey = await _survey(deps, found)

    async def save(tx: Transaction) -> SecondEntry:
        await _require_closed(deps, tx, found)
        now = await _access(deps, actor, entry_id, tx=tx)
        if now.state is EntryState.WAITING and wish.keep is Keep.SECOND:
            raise NoSecondEntry("还没有人第二次录入")
        said = {"kept": wish.keep.value, "reason": wish.reason}
        who = {"decided_by": actor.person_id, "decided_at": deps.now()}
        moved = await store.move(deps.db, tx, found.id, EntryAction.DECIDE, **said, **who)
        if moved and wish.keep is Keep.SECOND:
            await answers.correct(deps.db, tx, now.answer, now.choices, now.relation)
        return await _done(deps, tx, actor, EntryAction.DECIDE, now, moved)

    return await views.view(deps, actor, await deps.in_transaction(save), survey)


async def _done(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    action: EntryAction,
    found: SecondEntry,
    moved: SecondEntry | None,
) -> SecondEntry:
    """Let the results be counted if nothing is left; write the audit. Raises EntryMovedOn.

    The job looks once more: of two who settle the last ones at the same time, neither sees
    that the other does.
    """
    if moved is None:
        raise moved_on(found.state)
    if moved.state is not EntryState.DIFFERENT:
        await jobs.enqueue(deps, tx, COUNT, moved.id, survey_id=moved.survey)
    act, place = TABLE.act(action), found.home
    await audit.record(deps, tx, actor, act, place=place, subject=found.id)
    return moved
