"""Views of surveys, for those who ask."""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.kernel.views import show
from services.places import actions as places
from services.surveys import questions
from services.surveys.models import (
    Survey,
    SurveySummary,
    SurveyView,
)
from services.surveys.second_entries import actions as second_entries
from services.surveys.states import SurveyState


async def summaries(deps: Dependencies, found: Sequence[Survey]) -> list[SurveySummary]:
    """Show surveys as a list has them: one query for their places, however many."""
    addresses = await places.addresses(deps, [survey.place for survey in found])
    return [
        show(each, SurveySummary, survey_id=each.id, address=addresses.get(each.place, ""))
        for each in found
    ]


async def view(deps: Dependencies, survey: Survey) -> SurveyView:
    """Show a survey to those who ask."""
    addresses = await places.addresses(deps, [survey.place])
    is_closed = survey.state is SurveyState.CLOSED
    left = await second_entries.count_open(deps, survey.id) if is_closed else 0
    return show(
        survey,
        SurveyView,
        survey_id=survey.id,
        address=addresses.get(survey.place, ""),
        questions=questions.shown(survey.questions),
        relations=list(survey.audience.relations),
        roles=list(survey.audience.roles),
        entries_to_settle=left,
    )
