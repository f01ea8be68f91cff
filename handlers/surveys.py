"""Surveys: drafted, opened, closed, counted and published; what was written in them."""

from datetime import UTC, datetime

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.audiences.models import Audience
from services.kernel.pages import Page
from services.kernel.permissions import Permission
from services.residencies.models import Relation
from services.surveys import actions, openings
from services.surveys.models import (
    ChangeSurvey,
    ExtendSurvey,
    NewSurvey,
    OpenSurvey,
    PublishSurvey,
    SurveyId,
    SurveysQuery,
    SurveySummary,
    SurveyView,
    WithdrawSurvey,
)
from services.surveys.questions import QuestionKind, SurveyQuestion
from services.surveys.results import actions as results
from services.surveys.results.models import SurveyResultRow, SurveyResultsQuery
from services.surveys.texts import actions as texts
from services.surveys.texts.models import SurveyTextsQuery, SurveyTextView, TextId
from services.surveys.turnout import actions as turnout
from services.surveys.turnout.models import (
    Turnout,
    TurnoutQuery,
)

# Thirty questions with twenty options each, also when a client escapes each sign (\\u4e00).
LARGEST_SURVEY = 512 * 1024
DRAFT_ERRORS = (
    "not_found",
    "audience_empty",
    "audience_not_an_office",
    "audience_no_residents",
    "audience_too_many_places",
    "survey_audience_misfit",
    "survey_bad_questions",
    "survey_bad_end",
    "survey_not_yours",
    "survey_one_place",
)


class SurveysHandler(ApiHandler):
    max_body_bytes = LARGEST_SURVEY

    @endpoint("listSurveys", needs=Permission.SEND_SURVEYS, errors=("not_found",))
    async def get(self, query: SurveysQuery) -> Page[SurveySummary]:
        """Surveys of my office, and of the offices below mine, the newest first."""
        return await actions.listing(self.deps, self.actor, query)

    @endpoint(
        "createSurvey",
        needs=Permission.SEND_SURVEYS,
        status=201,
        errors=DRAFT_ERRORS,
        example=NewSurvey(
            title="楼道照明",
            text="楼道灯经常不亮,想听听大家的意见。",
            signed_by="新城社区居委会",
            audience=Audience(
                places=["cc.chaoyang.guilin.xincheng.c07"],
                relations=[Relation.OWNER, Relation.TENANT],
            ),
            questions=[
                SurveyQuestion(
                    kind=QuestionKind.SINGLE,
                    text="楼道灯要不要换成声控的?",
                    options=["同意", "不同意"],
                )
            ],
            closes_at=datetime(2026, 3, 20, 4, tzinfo=UTC),
        ),
    )
    async def post(self, body: NewSurvey) -> SurveyView:
        """Draft a survey; nobody is asked yet."""
        return await actions.write(self.deps, self.actor, body)


class SurveyHandler(ApiHandler):
    max_body_bytes = LARGEST_SURVEY

    @endpoint("getSurvey", needs=Permission.SEND_SURVEYS)
    async def get(self, survey_id: SurveyId) -> SurveyView:
        """A survey, as those see it who ask."""
        return await actions.get(self.deps, self.actor, survey_id)

    @endpoint(
        "updateSurvey",
        needs=Permission.SEND_SURVEYS,
        errors=("survey_moved_on", *DRAFT_ERRORS),
        example=ChangeSurvey(title="楼道照明改造"),
    )
    async def patch(self, survey_id: SurveyId, body: ChangeSurvey) -> SurveyView:
        """Change a draft."""
        return await actions.change(self.deps, self.actor, survey_id, body)


class OpenHandler(ApiHandler):
    @endpoint(
        "startSurvey",
        needs=Permission.SEND_SURVEYS,
        errors=("survey_moved_on", *DRAFT_ERRORS),
        example=OpenSurvey(),
    )
    async def post(self, survey_id: SurveyId, body: OpenSurvey) -> SurveyView:
        """Open a survey: all who are meant are asked, and its questions are fixed."""
        return await openings.open_to_all(self.deps, self.actor, survey_id, body)


class ExtendHandler(ApiHandler):
    @endpoint(
        "updateSurveyEnd",
        needs=Permission.SEND_SURVEYS,
        errors=("survey_moved_on", "survey_bad_end"),
        example=ExtendSurvey(closes_at=datetime(2026, 3, 27, 4, tzinfo=UTC)),
    )
    async def post(self, survey_id: SurveyId, body: ExtendSurvey) -> SurveyView:
        """Give more time to answer."""
        return await openings.extend(self.deps, self.actor, survey_id, body)


class CloseHandler(ApiHandler):
    @endpoint("endSurvey", needs=Permission.SEND_SURVEYS, errors=("survey_moved_on",))
    async def post(self, survey_id: SurveyId) -> SurveyView:
        """Close a survey before its end; it is counted then, once."""
        return await openings.close(self.deps, self.actor, survey_id)


class PublishHandler(ApiHandler):
    @endpoint(
        "publishSurvey",
        needs=Permission.SEND_SURVEYS,
        errors=("survey_moved_on", "survey_not_counted"),
        example=PublishSurvey(summary="多数住户同意,下月开始更换。"),
    )
    async def post(self, survey_id: SurveyId, body: PublishSurvey) -> SurveyView:
        """Publish the results to those who were asked."""
        return await openings.publish(self.deps, self.actor, survey_id, body)


class WithdrawHandler(ApiHandler):
    @endpoint(
        "withdrawSurvey",
        needs=Permission.SEND_SURVEYS,
        errors=("survey_moved_on",),
        example=WithdrawSurvey(because="问题写错了,另发一份"),
    )
    async def post(self, survey_id: SurveyId, body: WithdrawSurvey) -> SurveyView:
        """Withdraw a survey; those who were asked see why."""
        return await openings.withdraw(self.deps, self.actor, survey_id, body)


class ResultsHandler(ApiHandler):
    @endpoint("listSurveyResults", needs=Permission.SEND_SURVEYS, errors=("survey_no_results",))
    async def get(
        self, survey_id: SurveyId, query: SurveyResultsQuery
    ) -> Page[SurveyResultRow]:
        """Results by place and question, once they are counted; none about fewer than five."""
        return await results.listing(self.deps, self.actor, survey_id, query)


class TurnoutHandler(ApiHandler):
    @endpoint("getSurveyTurnout", needs=Permission.SEND_SURVEYS, errors=("survey_not_opened",))
    async def get(self, survey_id: SurveyId, query: TurnoutQuery) -> Turnout:
        """How many homes answered, by place."""
        return await turnout.of_survey(self.deps, self.actor, survey_id, query)


class TextsHandler(ApiHandler):
    @endpoint("listSurveyTexts", needs=Permission.OVERSEE_SURVEYS)
    async def get(self, survey_id: SurveyId, query: SurveyTextsQuery) -> Page[SurveyTextView]:
        """What was written, without who, once the survey was counted."""
        return await texts.listing(self.deps, self.actor, survey_id, query)


class TextHandler(ApiHandler):
    @endpoint(
        "submitSurveyText", needs=Permission.OVERSEE_SURVEYS, errors=("survey_text_chosen",)
    )
    async def post(self, survey_id: SurveyId, text_id: TextId) -> SurveyTextView:
        """Choose what is shown with the results; it is checked first."""
        return await texts.choose(self.deps, self.actor, survey_id, text_id)


ROUTES = [
    Route("/api/v1/surveys", SurveysHandler),
    Route("/api/v1/surveys/{survey_id}", SurveyHandler),
    Route("/api/v1/surveys/{survey_id}/open", OpenHandler),
    Route("/api/v1/surveys/{survey_id}/extend", ExtendHandler),
    Route("/api/v1/surveys/{survey_id}/close", CloseHandler),
    Route("/api/v1/surveys/{survey_id}/publish", PublishHandler),
    Route("/api/v1/surveys/{survey_id}/withdraw", WithdrawHandler),
    Route("/api/v1/surveys/{survey_id}/results", ResultsHandler),
    Route("/api/v1/surveys/{survey_id}/turnout", TurnoutHandler),
    Route("/api/v1/surveys/{survey_id}/texts", TextsHandler),
    Route("/api/v1/surveys/{survey_id}/texts/{text_id}/choose", TextHandler),
]
