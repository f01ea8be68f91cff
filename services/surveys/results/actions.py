"""Results of surveys: for who asks once they are counted, for who was asked once published."""

from services.dependencies import Dependencies
from services.kernel import errors
from services.kernel.pages import ListQuery, Page
from services.kernel.permissions import Actor
from services.surveys import actions as surveys
from services.surveys.answers import mine
from services.surveys.models import Survey
from services.surveys.results import store, views
from services.surveys.results.models import (
    MySurveyResultsQuery,
    SurveyResultRow,
    SurveyResultsQuery,
)
from services.surveys.states import SurveyState
from services.surveys.texts import store as texts
from services.surveys.texts.models import ShownText, words_of


class SurveyNoResults(errors.Conflict):
    """There are no results yet: none are told while answers still come in."""

    code = "survey_no_results"


async def listing(
    deps: Dependencies, actor: Actor, survey_id: str, query: SurveyResultsQuery
) -> Page[SurveyResultRow]:
    """Return the results for who asks. Raises NotFound, SurveyNoResults."""
    survey = await surveys.access(deps, actor, survey_id)
    if survey.counted_at is None:
        raise SurveyNoResults("征求意见结束、统计好以后才能看结果")
    return await _page(deps, survey, query)


async def published(
    deps: Dependencies, actor: Actor, survey_id: str, query: MySurveyResultsQuery
) -> Page[SurveyResultRow]:
    """Return the results for who was asked. Raises NotFound, SurveyNoResults."""
    survey = await _published(deps, actor, survey_id)
    return await _page(deps, survey, query)


async def shown_texts(
    deps: Dependencies, actor: Actor, survey_id: str, query: ListQuery
) -> Page[ShownText]:
    """Return the texts that were chosen and passed. Raises NotFound, SurveyNoResults."""
    survey = await _published(deps, actor, survey_id)
    page = await texts.shown(deps.db, survey.id, query)
    return page.map(lambda row: ShownText(question=row.question, text=words_of(deps, row)))


async def _published(deps: Dependencies, actor: Actor, survey_id: str) -> Survey:
    survey = await mine.access(deps, actor, survey_id)
    if survey.state is not SurveyState.PUBLISHED:
        raise SurveyNoResults("结果还没有公布")
    return survey


async def _page(
    deps: Dependencies, survey: Survey, query: SurveyResultsQuery
) -> Page[SurveyResultRow]:
    page = await store.page(deps.db, survey.id, query)
    return page.of(await views.rows(deps, survey, page.items))
