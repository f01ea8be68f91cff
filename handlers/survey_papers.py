"""Papers of surveys: entered by heads, entered again by others, settled by the community."""

from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from handlers.my_surveys import LARGEST_ANSWER
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission
from services.residencies.models import Relation
from services.surveys.answers import actions as answers
from services.surveys.answers.models import EnteredAnswer, EnterSurveyAnswer, GivenAnswer
from services.surveys.models import PlaceSurvey, PlaceSurveysQuery, SurveyId
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
from services.surveys.turnout import actions as turnout
from services.surveys.turnout.models import UnansweredHome, UnansweredQuery


class PlaceSurveysHandler(ApiHandler):
    @endpoint("listPlaceSurveys", needs=Permission.VIEW_RESIDENTS)
    async def get(self, place: PlacePath, query: PlaceSurveysQuery) -> Page[PlaceSurvey]:
        """Open surveys that ask homes of a place, the newest first."""
        return await turnout.at_place(self.deps, self.actor, place, query)


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
    @endpoint("listSurveySecondEntries", needs=Permission.CHECK_SURVEY_PAPERS)
    async def get(self, place: PlacePath, query: SecondEntriesQuery) -> Page[SecondEntryRow]:
        """Paper answers of a place that somebody else enters once more."""
        return await second_entries.listing(self.deps, self.actor, place, query)


class SecondEntryHandler(ApiHandler):
    max_body_bytes = LARGEST_ANSWER

    @endpoint("getSurveySecondEntry", needs=Permission.CHECK_SURVEY_PAPERS)
    async def get(self, entry_id: EntryId) -> SecondEntryView:
        """A paper answer to enter again; who decides sees both entries where they differ."""
        return await second_entries.get(self.deps, self.actor, entry_id)

    @endpoint(
        "checkSurveyEntry",
        needs=Permission.CHECK_SURVEY_PAPERS,
        errors=(
            "own_home",
            "survey_entered_by_you",
            "survey_entry_moved_on",
            "survey_answer_misfit",
        ),
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
        needs=Permission.SETTLE_SURVEY_PAPERS,
        errors=(
            "survey_entry_moved_on",
            "survey_entered_by_you",
            "survey_no_second_entry",
            "own_home",
        ),
        example=DecideEntry(keep=Keep.FIRST, reason="原件选的是同意"),
    )
    async def post(self, entry_id: EntryId, body: DecideEntry) -> SecondEntryView:
        """Decide which of two entries counts, or that the only one does."""
        return await second_entries.decide(self.deps, self.actor, entry_id, body)


ROUTES = [
    Route("/api/v1/homes/{home}/surveys/{survey_id}/answer", HomeAnswerHandler),
    Route("/api/v1/places/{place}/surveys", PlaceSurveysHandler),
    Route("/api/v1/places/{place}/survey-unanswered", UnansweredHandler),
    Route("/api/v1/places/{place}/survey-second-entries", SecondEntriesHandler),
    Route("/api/v1/survey-second-entries/{entry_id}", SecondEntryHandler),
    Route("/api/v1/survey-second-entries/{entry_id}/decide", DecisionHandler),
]
