"""Texts of surveys: read by staff without who wrote them, and chosen to be shown.

The words of a neighbour are nobody's to read but the staff's who answer for the place. What
they choose is checked like all that others see, and is shown with the results once it passed.
"""

from collections.abc import Collection, Sequence
from typing import Final

from services.audit import actions as audit
from services.content_checks import actions as content_checks
from services.content_checks.states import CheckState, is_visible
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission
from services.surveys import senders
from services.surveys import store as surveys
from services.surveys.models import Survey
from services.surveys.results import store as results
from services.surveys.texts import store
from services.surveys.texts.models import (
    SurveyText,
    SurveyTextsQuery,
    SurveyTextView,
    words_of,
)
from services.surveys.texts.states import TABLE, TextAction

KIND: Final = "survey_text"  # of what is checked: Feature.checked


class SurveyTextChosen(errors.Conflict):
    """The text was chosen before."""

    code = "survey_text_chosen"


async def access(deps: Dependencies, actor: Actor, survey_id: str) -> Survey:
    """Return a survey whose texts the actor reads. Raises NotFound, Forbidden for senders."""
    return accessible(
        actor,
        await surveys.find(deps.db, survey_id),
        Permission.OVERSEE_SURVEYS,
        at=lambda survey: survey.place,
        missing=senders.MISSING,
        knows=lambda survey: senders.sees(actor, survey),
        forbidden="文字意见由社区查看",
    )


async def place_of(deps: Dependencies, actor: Actor, survey_id: str) -> str:
    """Return the place of a survey, for the audit of an export. Raises NotFound."""
    return (await access(deps, actor, survey_id)).place


async def listing(
    deps: Dependencies, actor: Actor, survey_id: str, query: SurveyTextsQuery
) -> Page[SurveyTextView]:
    """Return what was written, in no order of time, once the survey was counted.

    Not to a question that fewer than five answered: there it would be plain who wrote what.
    Raises NotFound, Forbidden.
    """
    survey = await access(deps, actor, survey_id)
    told = await _told(deps, survey)
    questions = [each for each in told if query.question in {None, each}]
    page = await store.page(deps.db, survey.id, questions, query)
    return page.map(lambda row: view(deps, row))


async def _told(deps: Dependencies, survey: Survey) -> list[int]:
    """Return the questions of which figures of the whole survey are told."""
    return await results.told(deps.db, survey.id, survey.place)


def view(deps: Dependencies, row: SurveyText) -> SurveyTextView:
    return SurveyTextView(
        text_id=row.id, question=row.question, text=words_of(deps, row), state=row.state
    )


async def choose(
    deps: Dependencies, actor: Actor, survey_id: str, text_id: str
) -> SurveyTextView:
    """Choose a text to be shown with the results, once it passed its check.

    Raises NotFound, Forbidden, SurveyTextChosen.
    """
    survey = await access(deps, actor, survey_id)
    told = await _told(deps, survey)

    async def save(tx: Transaction) -> None:
        found = await _get(deps, survey, told, text_id, tx=tx)
        if not await store.move(
            deps.db, tx, found.id, TextAction.CHOOSE, chosen_by=actor.person_id
        ):
            raise SurveyTextChosen("这条意见已经选用过了")
        await content_checks.submit(
            deps,
            tx,
            author=found.person,
            subject=f"{KIND}:{found.id}",
            place=survey.place,
            text=words_of(deps, found),
        )
        act = TABLE.act(TextAction.CHOOSE)
        await audit.record(deps, tx, actor, act, place=survey.place, subject=found.id)

    await deps.in_transaction(save)
    return view(deps, await _get(deps, survey, told, text_id))


async def _get(
    deps: Dependencies,
    survey: Survey,
    told: Collection[int],
    text_id: str,
    *,
    tx: Transaction | None = None,
) -> SurveyText:
    """Return a text that may be read. Raises NotFound, also once who wrote it has left."""
    found = await store.find(deps.db, text_id, tx=tx)
    if found is None or found.survey != survey.id or found.question not in told:
        raise errors.NotFound("没有找到这条意见")
    return found


async def note_verdict(
    deps: Dependencies, tx: Transaction, text_id: str, state: CheckState
) -> None:
    """Show a text that passed. Nothing becomes of one whose author left meanwhile."""
    action = TextAction.PASS if is_visible(state) else TextAction.REFUSE
    await store.move(deps.db, tx, text_id, action)


async def about(deps: Dependencies, text_ids: Sequence[str]) -> dict[str, str]:
    """Return text → what people call it, for those who judge its words."""
    found = await store.find_many(deps.db, text_ids)
    titles = await surveys.titles(deps.db, sorted({row.survey for row in found}))
    return {row.id: f"征求意见“{titles.get(row.survey, '')}”里的文字意见" for row in found}


CHECKED: Final = {KIND: note_verdict}
CHECKED_ABOUT: Final = {KIND: about}
