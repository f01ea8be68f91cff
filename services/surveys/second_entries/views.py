"""Views of second entries: blind for who enters, both entries for who decides."""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.kernel.permissions import Actor, Permission
from services.kernel.views import show
from services.places import actions as places
from services.surveys import questions
from services.surveys import store as surveys
from services.surveys.answers import forms
from services.surveys.answers import store as answers
from services.surveys.models import Survey
from services.surveys.second_entries.models import (
    Keep,
    SecondEntry,
    SecondEntryRow,
    SecondEntryView,
)
from services.surveys.second_entries.states import EntryState


async def rows(
    deps: Dependencies, actor: Actor, found: Sequence[SecondEntry]
) -> list[SecondEntryRow]:
    """Show second entries as a list has them: two queries however many."""
    if not found:
        return []
    addresses = await places.addresses(deps, [entry.home for entry in found])
    titles = await surveys.titles(deps.db, sorted({entry.survey for entry in found}))
    return [
        show(
            entry,
            SecondEntryRow,
            entry_id=entry.id,
            survey_id=entry.survey,
            title=titles.get(entry.survey, ""),
            address=addresses.get(entry.home, ""),
            mine_first=entry.first_by == actor.person_id,
        )
        for entry in found
    ]


async def view(
    deps: Dependencies, actor: Actor, entry: SecondEntry, survey: Survey
) -> SecondEntryView:
    """Show a second entry; both entries to who decides about a difference, and only then."""
    [row] = await rows(deps, actor, [entry])
    first = None
    is_told = entry.state is EntryState.DIFFERENT
    if is_told and actor.may(Permission.SETTLE_SURVEY_PAPERS, entry.home):
        first = await answers.find(deps.db, entry.answer)
    return show(
        row,
        SecondEntryView,
        questions=questions.shown(survey.questions),
        first=forms.given(survey.questions, first.choices, {}) if first else [],
        second=forms.given(survey.questions, entry.choices, {}) if first else [],
        decision=Keep(entry.kept) if entry.kept else None,
    )
