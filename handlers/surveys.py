"""Surveys: drafted, opened, closed, counted, published; and papers that heads enter."""

from datetime import UTC, datetime

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.audiences.models import Audience
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.residencies.models import Relation
from services.surveys import actions, openings
from services.surveys.answers import actions as answers
from services.surveys.answers.models import EnteredAnswer, EnterSurveyAnswer, GivenAnswer
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
from services.surveys.second_entries import actions as second_entries
from services.surveys.second_entries.models import (
    DecideEntry,
    EnterAgain,
    EntryId,
    Keep,
    SecondEntriesQuery,
    SecondEntryRow,
    SecondEntryView,
)
from services.surveys.texts import actions as texts
from services.surveys.texts.models import SurveyTextsQuery, SurveyTextView, TextId
from services.surveys.turnout import actions as turnout
from services.surveys.turnout.models import (
    Turnout,
    TurnoutQuery,
    UnansweredHome,
    UnansweredQuery,
)

# Thirty questions with twenty options each, also when a client escapes each sign (\\u4e00).
LARGEST_SURVEY = 512 * 1024
# Words of thirty questions, in the same way.
LARGEST_ANSWER = 128 * 1024
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


class UnansweredHandler(ApiHandler):
    @endpoint("listSurveyUnanswered", needs=Permission.VIEW_RESIDENTS)
    async def get(self, place: PlacePath, query: UnansweredQuery) -> Page[UnansweredHome]:
        """Homes of a place that have not answered a survey."""
        return await turnout.unanswered(self.deps, self.actor, place, query)


class HomeAnswerHandler(ApiHandler):
    max_body_bytes = LARGEST_ANSWER

    @endpoint(
        "answerSurveyForHome",
        needs=Permission.VIEW_RESIDENTS,
        errors=(
            "survey_over",
            "survey_no_paper",
            "survey_relation_not_asked",
            "survey_answer_misfit",
            "survey_answered_by_home",
            "own_home",
        ),
        example=EnterSurveyAnswer(
            answers=[GivenAnswer(question=1, choices=[1])], relation=Relation.OWNER
        ),
    )
    async def put(
        self, home: PlacePath, survey_id: SurveyId, body: EnterSurveyAnswer
    ) -> EnteredAnswer:
        """Enter what a home of my places answered on paper."""
        return await answers.enter(self.deps, self.actor, home, survey_id, body)


class SecondEntriesHandler(ApiHandler):
    @endpoint("listSurveySecondEntries", needs=Permission.VIEW_RESIDENTS)
    async def get(self, place: PlacePath, query: SecondEntriesQuery) -> Page[SecondEntryRow]:
        """Paper answers of a place that somebody else enters once more."""
        return await second_entries.listing(self.deps, self.actor, place, query)


class SecondEntryHandler(ApiHandler):
    max_body_bytes = LARGEST_ANSWER

    @endpoint("getSurveySecondEntry", needs=Permission.VIEW_RESIDENTS)
    async def get(self, entry_id: EntryId) -> SecondEntryView:
        """A paper answer to enter again; who decides sees both entries where they differ."""
        return await second_entries.get(self.deps, self.actor, entry_id)

    @endpoint(
        "checkSurveyEntry",
        needs=Permission.VIEW_RESIDENTS,
        errors=("survey_entered_by_you", "survey_entry_moved_on", "survey_answer_misfit"),
        example=EnterAgain(
            answers=[GivenAnswer(question=1, choices=[1])], relation=Relation.OWNER
        ),
    )
    async def put(self, entry_id: EntryId, body: EnterAgain) -> SecondEntryView:
        """Enter a paper answer again, without seeing the first entry."""
        return await second_entries.enter(self.deps, self.actor, entry_id, body)


class DecisionHandler(ApiHandler):
    @endpoint(
        "decideSurveyEntry",
        needs=Permission.OVERSEE_SURVEYS,
        errors=("survey_entry_moved_on", "survey_no_second_entry", "own_home"),
        example=DecideEntry(keep=Keep.FIRST, reason="原件选的是同意"),
    )
    async def post(self, entry_id: EntryId, body: DecideEntry) -> SecondEntryView:
        """Decide which of two entries counts, or that the only one does."""
        return await second_entries.decide(self.deps, self.actor, entry_id, body)


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
    Route("/api/v1/homes/{home}/surveys/{survey_id}/answer", HomeAnswerHandler),
    Route("/api/v1/places/{place}/survey-unanswered", UnansweredHandler),
    Route("/api/v1/places/{place}/survey-second-entries", SecondEntriesHandler),
    Route("/api/v1/survey-second-entries/{entry_id}", SecondEntryHandler),
    Route("/api/v1/survey-second-entries/{entry_id}/decide", DecisionHandler),
]
