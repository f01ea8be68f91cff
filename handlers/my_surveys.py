"""Endpoints of surveys for those who are asked: listed, answered, and what came of it."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Access, Route, endpoint
from services.kernel.pages import ListQuery, Page
from services.surveys.answers import actions, mine
from services.surveys.answers.models import (
    AnswerSurvey,
    GivenAnswer,
    MySurvey,
    MySurveysQuery,
    MySurveyView,
)
from services.surveys.models import SurveyId
from services.surveys.results import actions as results
from services.surveys.results.models import MySurveyResultsQuery, SurveyResultRow
from services.surveys.texts.models import ShownText

# Words of thirty questions, also when a client escapes each sign (\\u4e00).
LARGEST_ANSWER = 128 * 1024


class MySurveysHandler(ApiHandler):
    @endpoint("listMySurveys", needs=Access.SIGNED_IN)
    async def get(self, query: MySurveysQuery) -> Page[MySurvey]:
        """Surveys that ask me by my homes and offices, the newest first."""
        return await mine.listing(self.deps, self.actor, query)


class MySurveyHandler(ApiHandler):
    @endpoint("getMySurvey", needs=Access.SIGNED_IN)
    async def get(self, survey_id: SurveyId) -> MySurveyView:
        """A survey that asks me, with what I answered."""
        return await mine.get(self.deps, self.actor, survey_id)


class MySurveyAnswerHandler(ApiHandler):
    max_body_bytes = LARGEST_ANSWER

    @endpoint(
        "answerSurvey",
        needs=Access.SIGNED_IN,
        errors=(
            "survey_over",
            "survey_asks_others",
            "survey_home_needed",
            "survey_answer_misfit",
            "consent_needed",
        ),
        example=AnswerSurvey(answers=[GivenAnswer(question=1, choices=[1])]),
    )
    async def put(self, survey_id: SurveyId, body: AnswerSurvey) -> MySurveyView:
        """Answer a survey, or change the answer until it closes."""
        return await actions.give(self.deps, self.actor, survey_id, body)


class MySurveyResultsHandler(ApiHandler):
    @endpoint("listMySurveyResults", needs=Access.SIGNED_IN, errors=("survey_no_results",))
    async def get(
        self, survey_id: SurveyId, query: MySurveyResultsQuery
    ) -> Page[SurveyResultRow]:
        """Results of a survey that asked me, once they are published."""
        return await results.published(self.deps, self.actor, survey_id, query)


class MySurveyTextsHandler(ApiHandler):
    @endpoint("listMySurveyTexts", needs=Access.SIGNED_IN, errors=("survey_no_results",))
    async def get(self, survey_id: SurveyId, query: ListQuery) -> Page[ShownText]:
        """What somebody wrote and staff chose to show, once it was checked."""
        return await results.shown_texts(self.deps, self.actor, survey_id, query)


ROUTES = [
    Route("/api/v1/me/surveys", MySurveysHandler),
    Route("/api/v1/me/surveys/{survey_id}", MySurveyHandler),
    Route("/api/v1/me/surveys/{survey_id}/answer", MySurveyAnswerHandler),
    Route("/api/v1/me/surveys/{survey_id}/results", MySurveyResultsHandler),
    Route("/api/v1/me/surveys/{survey_id}/texts", MySurveyTextsHandler),
]
